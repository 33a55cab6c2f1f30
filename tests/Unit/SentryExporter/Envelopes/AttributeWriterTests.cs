using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmTracing.SentryExporter.Envelopes;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

public sealed class AttributeWriterTests
{
    [Fact]
    public void Write_Primitives_KeepTheirTypes() =>
        Assert.Equal(
            """{"data":{"text":"a","yes":true,"no":false,"int":1,"long":9223372036854775807,"double":0.5,"float":1.5}}""",
            Write(
                ("text", "a"), ("yes", true), ("no", false), ("int", 1), ("long", long.MaxValue), ("double", 0.5),
                ("float", 1.5f)));

    [Fact]
    public void Write_SmallIntegers_AreNumbers() =>
        Assert.Equal(
            """{"data":{"a":1,"b":-1,"c":2,"d":3,"e":4294967295}}""",
            Write(("a", (byte)1), ("b", (sbyte)-1), ("c", (short)2), ("d", (ushort)3), ("e", uint.MaxValue)));

    [Fact]
    public void Write_NoNumbers_AreLeftOut() =>
        Assert.Equal(
            """{"data":{"kept":1}}""",
            Write(
                ("null", null), ("nan", double.NaN), ("inf", double.PositiveInfinity), ("-inf", double.NegativeInfinity),
                ("nanf", float.NaN), ("inff", float.PositiveInfinity), ("-inff", float.NegativeInfinity), ("kept", 1)));

    [Fact]
    public void Write_List_IsJsonInAString() =>
        Assert.Equal(
            """{"data":{"reasons":"[\"stop\",\"length\"]","none":"[]"}}""",
            Write(("reasons", new[] { "stop", "length" }), ("none", Array.Empty<string>())));

    [Fact]
    public void Write_ListOfNumbersOrFlags_KeepsTheirTypesInTheString() =>
        Assert.Equal(
            """{"data":{"ints":"[1,2]","longs":"[3]","doubles":"[0.5]","flags":"[true,false]","nulls":"[null]"}}""",
            Write(
                ("ints", new[] { 1, 2 }), ("longs", new[] { 3L }), ("doubles", new[] { 0.5 }),
                ("flags", new[] { true, false }), ("nulls", new string?[] { null })));

    [Fact]
    public void Write_OtherValue_IsItsInvariantText() =>
        Assert.Equal(
            """{"data":{"decimal":"1.5","ulong":"18446744073709551615"}}""",
            Write(("decimal", 1.5m), ("ulong", ulong.MaxValue)));

    [Fact]
    public void Write_AliasedAttribute_IsWrittenUnderBothNames() =>
        Assert.Equal(
            """{"data":{"gen_ai.provider.name":"openai","gen_ai.system":"openai"}}""",
            Write(("gen_ai.provider.name", "openai")));

    [Fact]
    public void Write_ValueCannotSayWhatItIs_OthersAreWritten()
    {
        var written = Write(("a", new Unspeakable()), ("b", 1));

        Assert.Equal(
            """{"data":{"a":"[LlmTracing.Tests.Unit.SentryExporter.Envelopes.AttributeWriterTests+Unspeakable could not be written: System.NotSupportedException]","b":1}}""",
            written);
    }

    [Fact]
    public void Write_AppHasSetTheAliasItself_IsNotWrittenTwice() =>
        Assert.Equal(
            """{"data":{"gen_ai.provider.name":"openai","gen_ai.system":"az.ai"}}""",
            Write(("gen_ai.provider.name", "openai"), ("gen_ai.system", "az.ai")));

    [Fact]
    public void Write_HalfAPairOfSurrogates_IsValidUtf8()
    {
        var json = Write(("text", "high \ud83d, low \ude00, pair 😀"), ("list", new[] { "\ud83d" }));

        using var document = JsonDocument.Parse(json);
        var data = document.RootElement.GetProperty("data");
        Assert.Equal("high \ufffd, low \ufffd, pair 😀", data.GetProperty("text").GetString());
        Assert.Equal("[\"\ufffd\"]", JsonSerializer.Deserialize<JsonElement>(data.GetProperty("list").GetString()!)
            .EnumerateArray().Select(static item => $"[\"{item.GetString()}\"]").Single());
    }

    private static string Write(params IEnumerable<(string Key, object? Value)> attributes)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            AttributeWriter.Write(
                json, [.. attributes.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value))]);
            json.WriteEndObject();
        }

        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(buffer.ToArray());
    }

    private sealed class Unspeakable
    {
        public override string ToString() => throw new NotSupportedException();
    }
}

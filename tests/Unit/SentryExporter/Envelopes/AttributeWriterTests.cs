using System.Diagnostics;
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
    public void Write_LargeAndExactNumbers_AreNumbers() =>
        Assert.Equal(
            """{"data":{"decimal":1.50,"ulong":18446744073709551615,"float":0.1,"half":0.5}}""",
            Write(("decimal", 1.50m), ("ulong", ulong.MaxValue), ("float", 0.1f), ("half", (Half)0.5)));

    [Fact]
    public void Write_OtherValue_IsItsInvariantText() =>
        Assert.Equal(
            """
            {"data":{"guid":"00000000-0000-0000-0000-000000000001","enum":"Error","time":"2026-08-01T12:00:00.0000000+00:00",
            "day":"2026-08-01T00:00:00.0000000","span":"00:00:01.5000000","uri":"https://a/b","char":"x"}}
            """.ReplaceLineEndings(""),
            Write(
                ("guid", new Guid("00000000-0000-0000-0000-000000000001")), ("enum", ActivityStatusCode.Error),
                ("time", new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero)), ("day", new DateTime(2026, 8, 1)),
                ("span", TimeSpan.FromSeconds(1.5)), ("uri", new Uri("https://a/b")), ("char", 'x')));

    [Fact]
    public void Write_NameTwice_LastOneWins() =>
        Assert.Equal("""{"data":{"a":2,"b":1}}""", Write(("a", 1), ("b", 1), ("a", 2)));

    [Fact]
    public void Write_TextTooLong_IsCutBetweenCharacters()
    {
        using var document = JsonDocument.Parse(
            Write(("fits", new string('a', 8192)), ("long", new string('a', 9000)), ("pair", new string('a', 8190) + "😀😀")));

        var data = document.RootElement.GetProperty("data");
        Assert.Equal(new string('a', 8192), data.GetProperty("fits").GetString());
        Assert.Equal(new string('a', 8191) + "…", data.GetProperty("long").GetString());
        Assert.Equal(new string('a', 8190) + "…", data.GetProperty("pair").GetString());
    }

    [Fact]
    public void Write_ListTooLong_IsCutAfterItsLastWholeItem()
    {
        using var document = JsonDocument.Parse(Write(("numbers", Endless())));

        var list = document.RootElement.GetProperty("data").GetProperty("numbers").GetString()!;
        Assert.InRange(list.Length, 8180, 8192);
        Assert.Equal(Enumerable.Range(0, 1860), JsonSerializer.Deserialize<int[]>(list)!);

        static IEnumerable<int> Endless()
        {
            for (var i = 0; ; i++)
            {
                yield return i;
            }
        }
    }

    [Fact]
    public void Write_Content_IsNotCut()
    {
        var conversation = $"[{{\"role\":\"user\",\"parts\":[{{\"type\":\"text\",\"content\":\"{new string('a', 20_000)}\"}}]}}]";

        using var document = JsonDocument.Parse(Write(("gen_ai.input.messages", conversation)));

        Assert.Equal(
            conversation, document.RootElement.GetProperty("data").GetProperty("gen_ai.input.messages").GetString());
    }

    [Fact]
    public void Write_Credentials_AreLeftOut() =>
        Assert.Equal(
            """
            {"data":{"url.full":"https://REDACTED:REDACTED@h/p?*","http.request.header.accept":"[\"*/*\"]"}}
            """,
            Write(
                ("url.full", "https://me:pw@h/p?token=1"), ("url.query", "token=1"),
                ("http.request.header.accept", new[] { "*/*" }), ("http.request.header.authorization", new[] { "Bearer 1" }),
                ("http.request.header.cookie", "a=1"), ("http.response.header.set-cookie", "a=1"),
                ("http.request.header.x-api-key", "1"), ("db.connection_string", "Password=1")));

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

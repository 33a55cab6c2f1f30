namespace LlmTracing.Tests.Integration.Support;

/// <summary>Reads an attribute of OTLP, a <c>KeyValue</c>.</summary>
/// <remarks>https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/common/v1/common.proto</remarks>
internal static class OtlpAttributeReader
{
    public static void Read(ReadOnlySpan<byte> keyValue, Dictionary<string, object?> attributes)
    {
        var (key, value) = ("", (object?)null);
        var reader = new ProtobufReader(keyValue);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.Text(); break;
                default: value = ReadValue(reader.Bytes()); break;
            }
        }

        attributes.Add(key, value);
    }

    private static object? ReadValue(ReadOnlySpan<byte> anyValue)
    {
        var reader = new ProtobufReader(anyValue);
        return reader.Next()
            ? reader.Field switch
            {
                1 => reader.Text(),
                2 => reader.Number() != 0,
                3 => (long)reader.Number(),
                4 => BitConverter.UInt64BitsToDouble(reader.Number()),
                5 => ReadArray(reader.Bytes()),
                var other => throw new InvalidDataException($"A value is of kind {other}."),
            }
            : null;
    }

    private static object?[] ReadArray(ReadOnlySpan<byte> array)
    {
        var values = new List<object?>();
        var reader = new ProtobufReader(array);
        while (reader.Next())
        {
            values.Add(ReadValue(reader.Bytes()));
        }

        return [.. values];
    }
}

using System.Diagnostics;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Reads the body of a request to a collector: an <c>ExportTraceServiceRequest</c>.</summary>
/// <remarks>https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto</remarks>
internal static class OtlpRequestReader
{
    public static List<OtlpSpan> Read(ReadOnlySpan<byte> request)
    {
        var spans = new List<OtlpSpan>();
        var reader = new ProtobufReader(request);
        while (reader.Next())
        {
            ReadResource(reader.Bytes(), spans);
        }

        return spans;
    }

    private static void ReadResource(ReadOnlySpan<byte> resourceSpans, List<OtlpSpan> spans)
    {
        var reader = new ProtobufReader(resourceSpans);
        while (reader.Next())
        {
            if (reader.Field == 2)
            {
                ReadScope(reader.Bytes(), spans);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // The scope comes before its spans.
    private static void ReadScope(ReadOnlySpan<byte> scopeSpans, List<OtlpSpan> spans)
    {
        var scope = "";
        var reader = new ProtobufReader(scopeSpans);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: scope = ReadName(reader.Bytes(), 1); break;
                case 2: spans.Add(ReadSpan(reader.Bytes(), scope)); break;
                default: reader.Skip(); break;
            }
        }
    }

    private static OtlpSpan ReadSpan(ReadOnlySpan<byte> message, string scope)
    {
        var span = new OtlpSpan { Scope = scope };
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: span.TraceId = reader.Hex(); break;
                case 2: span.SpanId = reader.Hex(); break;
                case 4: span.ParentSpanId = reader.Hex(); break;
                case 5: span.Name = reader.Text(); break;

                // 0 is unspecified there.
                case 6: span.Kind = (ActivityKind)(reader.Number() - 1); break;
                case 7: span.Start = reader.Number(); break;
                case 8: span.End = reader.Number(); break;
                case 9: OtlpAttributeReader.Read(reader.Bytes(), span.Attributes); break;
                case 11: span.Events.Add(ReadName(reader.Bytes(), 2)); break;
                case 13: span.Links.Add(ReadLink(reader.Bytes())); break;
                case 15: span.Status = ReadStatus(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }

        return span;
    }

    private static string ReadName(ReadOnlySpan<byte> message, int field)
    {
        var name = "";
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                name = reader.Text();
            }
            else
            {
                reader.Skip();
            }
        }

        return name;
    }

    private static string ReadLink(ReadOnlySpan<byte> link)
    {
        var spanId = "";
        var reader = new ProtobufReader(link);
        while (reader.Next())
        {
            if (reader.Field == 2)
            {
                spanId = reader.Hex();
            }
            else
            {
                reader.Skip();
            }
        }

        return spanId;
    }

    private static ActivityStatusCode ReadStatus(ReadOnlySpan<byte> status)
    {
        var code = ActivityStatusCode.Unset;
        var reader = new ProtobufReader(status);
        while (reader.Next())
        {
            if (reader.Field == 3)
            {
                code = (ActivityStatusCode)reader.Number();
            }
            else
            {
                reader.Skip();
            }
        }

        return code;
    }
}

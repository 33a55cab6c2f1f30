using System.Text;
using System.Text.Json.Nodes;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A valid envelope to mutate: a transaction, an agent in it, and the agent's model call.</summary>
internal sealed class SampleEnvelope
{
    private const string Json = """
        {
          "header": {
            "event_id": "11111111111111111111111111111111",
            "sent_at": "2026-01-02T03:04:05.678Z",
            "sdk": { "name": "sentry.dotnet.sample", "version": "1.2.3" },
            "trace": {
              "trace_id": "22222222222222222222222222222222", "public_key": "public",
              "sampled": "true", "sample_rate": "0.25"
            }
          },
          "event": {
            "type": "transaction",
            "event_id": "11111111111111111111111111111111",
            "platform": "csharp",
            "transaction": "POST /chat",
            "transaction_info": { "source": "route" },
            "start_timestamp": 1700000000.0,
            "timestamp": 1700000002.0,
            "release": "app@1",
            "environment": "test",
            "tags": { "tier": "free" },
            "measurements": { "ttft": { "value": 12.5, "unit": "millisecond" } },
            "contexts": {
              "trace": {
                "trace_id": "22222222222222222222222222222222", "span_id": "aaaaaaaaaaaaaaaa",
                "op": "http.server", "origin": "auto.http.aspnetcore", "status": "ok",
                "data": { "http.response.status_code": 200 }
              }
            },
            "spans": [
              {
                "trace_id": "22222222222222222222222222222222", "span_id": "bbbbbbbbbbbbbbbb",
                "parent_span_id": "aaaaaaaaaaaaaaaa", "op": "gen_ai.invoke_agent", "description": "invoke_agent Helper",
                "status": "ok", "origin": "manual", "start_timestamp": 1700000000.25, "timestamp": 1700000001.75,
                "data": { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "Helper" }
              },
              {
                "trace_id": "22222222222222222222222222222222", "span_id": "cccccccccccccccc",
                "parent_span_id": "bbbbbbbbbbbbbbbb", "op": "gen_ai.chat", "description": "chat small",
                "status": "ok", "origin": "auto.ai.sample", "start_timestamp": 1700000000.5, "timestamp": 1700000001.5,
                "data": {
                  "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.system": "openai",
                  "gen_ai.request.model": "small", "gen_ai.response.model": "small-1",
                  "gen_ai.request.stream": true, "gen_ai.response.streaming": true,
                  "gen_ai.response.time_to_first_chunk": 0.125, "gen_ai.response.time_to_first_token": 0.125,
                  "gen_ai.response.finish_reasons": "[\"stop\"]",
                  "gen_ai.usage.input_tokens": 11, "gen_ai.usage.output_tokens": 4, "gen_ai.usage.total_tokens": 15,
                  "gen_ai.usage.cache_read.input_tokens": 8, "gen_ai.usage.input_tokens.cached": 8,
                  "gen_ai.usage.reasoning.output_tokens": 2, "gen_ai.usage.output_tokens.reasoning": 2
                }
              }
            ]
          }
        }
        """;

    private readonly JsonNode _root = JsonNode.Parse(Json)!;

    /// <summary>Gets or sets how much the item header's length is off.</summary>
    public int LengthError { get; set; }

    /// <summary>Gets or sets what comes after the last newline.</summary>
    public string Trailer { get; set; } = "";

    public JsonNode Event => _root["event"]!;

    /// <summary>Sets one value by its path, such as <c>event/spans/0/op</c>; null JSON takes it away.</summary>
    public void Set(string path, string? json)
    {
        var steps = path.Split('/');
        var owner = steps[..^1].Aggregate(
            _root, (node, step) => node is JsonArray array ? array[int.Parse(step)]! : node[step]!);
        if (json is null)
        {
            owner.AsObject().Remove(steps[^1]);
        }
        else
        {
            owner[steps[^1]] = JsonNode.Parse(json);
        }
    }

    public byte[] ToBytes()
    {
        var payload = Event.ToJsonString();
        var length = Encoding.UTF8.GetByteCount(payload) + LengthError;
        var item = $$"""{"type":"transaction","length":{{length}}}""";
        return Encoding.UTF8.GetBytes($"{_root["header"]!.ToJsonString()}\n{item}\n{payload}\n{Trailer}");
    }

    /// <summary>What the strict rules find wrong with it.</summary>
    public IReadOnlyList<string> Deviations()
    {
        var deviations = new DeviationList();
        if (EnvelopeReader.Read(ToBytes(), deviations) is { } envelope)
        {
            EnvelopeChecker.Check(envelope, deviations);
        }

        return deviations.Sentences;
    }
}

using System.Diagnostics;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>Transactions as a collector makes them, each of a trace of its own.</summary>
internal static class MadeTransactions
{
    public static FinishedTransaction One(int number = 0)
    {
        var root = ActivitySpanId.CreateRandom();
        var start = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        return new FinishedTransaction(
            ActivityTraceId.CreateRandom(),
            new FinishedSpan
            {
                SpanId = root,
                Source = "Microsoft.AspNetCore",
                Name = "POST /chat",
                Kind = ActivityKind.Server,
                Start = start,
                End = start.AddSeconds(1),
                Attributes =
                [
                    new(HttpAttributes.RequestMethod, "POST"),
                    new(HttpAttributes.Route, "/chat"),
                    new(HttpAttributes.UrlScheme, "https"),
                    new(HttpAttributes.UrlPath, "/chat"),
                    new(GenAiAttributes.ServerAddress, "shop.example"),
                    new(HttpAttributes.ResponseStatusCode, 200),
                    new("number", number),
                ],
            },
            [
                new FinishedSpan
                {
                    SpanId = ActivitySpanId.CreateRandom(),
                    ParentSpanId = root,
                    Source = LlmTrace.SourceName,
                    Name = "task",
                    Start = start,
                    End = start.AddSeconds(1),
                },
            ])
        {
            IsRequest = true,
        };
    }
}

using System.Diagnostics;
using LlmTracing.SentryExporter.Mapping;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Mapping;

public sealed class SentryOpTests
{
    [Theory]
    [InlineData("chat", "gen_ai.chat")]
    [InlineData("text_completion", "gen_ai.text_completion")]
    [InlineData("generate_content", "gen_ai.generate_content")]
    [InlineData("embeddings", "gen_ai.embeddings")]
    [InlineData("invoke_agent", "gen_ai.invoke_agent")]
    [InlineData("execute_tool", "gen_ai.execute_tool")]
    [InlineData("handoff", "gen_ai.handoff")]
    [InlineData("invoke_workflow", "gen_ai.invoke_agent")]
    public void Of_Operation_IsItsGenAiOp(string operation, string op) =>
        Assert.Equal(op, SentryOp.Of(Finished.Span(("gen_ai.operation.name", operation))));

    [Theory]
    [InlineData("Microsoft.AspNetCore", ActivityKind.Server, "http.request.method", "http.server")]
    [InlineData("Microsoft.AspNetCore", ActivityKind.Server, null, "default")]
    [InlineData("App", ActivityKind.Client, "http.request.method", "http.client")]
    [InlineData("System.Net.Http", ActivityKind.Client, null, "http.client")]
    [InlineData("Npgsql", ActivityKind.Client, "db.system.name", "db")]
    [InlineData("Npgsql", ActivityKind.Client, "db.system", "db")]
    [InlineData("Microsoft.AspNetCore.SignalR.Server", ActivityKind.Server, "rpc.system", "rpc")]
    [InlineData("MassTransit", ActivityKind.Producer, "messaging.system", "message")]
    [InlineData("LlmTracing", ActivityKind.Internal, null, "task")]
    [InlineData("App", ActivityKind.Internal, null, "default")]
    [InlineData("App", ActivityKind.Internal, "http.request.method", "default")]
    public void Of_OtherSpan_IsByItsSourceKindAndAttributes(
        string source, ActivityKind kind, string? attribute, string op)
    {
        var span = attribute is null ? Finished.Span() : Finished.Span((attribute, "any"));

        Assert.Equal(op, SentryOp.Of(span with { Source = source, Kind = kind }));
    }

    [Fact]
    public void DescriptionOf_HttpClient_IsMethodAndUrl() =>
        Assert.Equal(
            "GET https://example.com/a",
            SentryOp.DescriptionOf(Finished.Span(
                ("http.request.method", "GET"), ("url.full", "https://example.com/a"))));

    [Fact]
    public void DescriptionOf_UrlWithCredentials_HasNone() =>
        Assert.Equal(
            "GET https://REDACTED:REDACTED@example.com/a?*",
            SentryOp.DescriptionOf(Finished.Span(
                ("http.request.method", "GET"), ("url.full", "https://me:pw@example.com/a?key=1#top"))));

    [Theory]
    [InlineData("db.query.text")]
    [InlineData("db.statement")]
    public void DescriptionOf_Database_IsTheQuery(string key) =>
        Assert.Equal("select 1", SentryOp.DescriptionOf(Finished.Span(("db.system", "postgresql"), (key, "select 1"))));

    [Fact]
    public void DescriptionOf_AnythingElse_IsItsName()
    {
        Assert.Equal("name", SentryOp.DescriptionOf(Finished.Span()));
        Assert.Equal("name", SentryOp.DescriptionOf(Finished.Span(("db.system", "postgresql"))));
        Assert.Equal("name", SentryOp.DescriptionOf(Finished.Span(("http.request.method", "GET"))));
    }
}

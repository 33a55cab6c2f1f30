using System.Diagnostics;
using LlmTracing.SentryExporter.Mapping;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Mapping;

public sealed class SentryStatusTests
{
    [Theory]
    [InlineData("completed", ActivityStatusCode.Unset, "ok")]
    [InlineData("client_disconnected", ActivityStatusCode.Unset, "cancelled")]
    [InlineData("abandoned", ActivityStatusCode.Unset, "cancelled")]
    [InlineData("write_timed_out", ActivityStatusCode.Unset, "cancelled")]
    [InlineData("upstream_failed", ActivityStatusCode.Error, "internal_error")]
    [InlineData("upstream_timed_out", ActivityStatusCode.Error, "deadline_exceeded")]
    [InlineData("server_stopping", ActivityStatusCode.Error, "aborted")]
    [InlineData("process_terminated", ActivityStatusCode.Unset, "aborted")]
    public void Of_Outcome_IsAsInTheTableOfOutcomes(string outcome, ActivityStatusCode status, string expected) =>
        Assert.Equal(
            expected, SentryStatus.Of(Finished.Span(("llm_tracing.stream.outcome", outcome)) with { Status = status }));

    [Theory]
    [InlineData(400, "invalid_argument")]
    [InlineData(401, "unauthenticated")]
    [InlineData(403, "permission_denied")]
    [InlineData(404, "not_found")]
    [InlineData(408, "deadline_exceeded")]
    [InlineData(429, "resource_exhausted")]
    [InlineData(500, "unavailable")]
    [InlineData(503, "unavailable")]
    [InlineData(529, "unavailable")]
    public void Of_ProvidersRefusal_IsByItsStatus(long status, string expected) =>
        Assert.Equal(expected, SentryStatus.Of(
            Finished.Span(
                ("llm_tracing.stream.outcome", "upstream_failed"), ("llm_tracing.upstream.status_code", status)) with
            {
                Status = ActivityStatusCode.Error,
            }));

    [Theory]
    [InlineData(200, "ok")]
    [InlineData(302, "ok")]
    [InlineData(400, "invalid_argument")]
    [InlineData(401, "unauthenticated")]
    [InlineData(403, "permission_denied")]
    [InlineData(404, "not_found")]
    [InlineData(409, "already_exists")]
    [InlineData(418, "invalid_argument")]
    [InlineData(429, "resource_exhausted")]
    [InlineData(499, "cancelled")]
    [InlineData(500, "internal_error")]
    [InlineData(501, "unimplemented")]
    [InlineData(503, "unavailable")]
    [InlineData(504, "deadline_exceeded")]
    public void Of_Response_IsByItsStatus(int status, string expected)
    {
        Assert.Equal(expected, SentryStatus.Of(Finished.Span(("http.response.status_code", status))));
        Assert.Equal(expected, SentryStatus.Of(Finished.Span(("http.response.status_code", (long)status))));
    }

    [Fact]
    public void Of_ErrorWithoutACause_IsInternalError()
    {
        Assert.Equal("internal_error", SentryStatus.Of(Finished.Span() with { Status = ActivityStatusCode.Error }));
        Assert.Equal("ok", SentryStatus.Of(Finished.Span()));
    }

    [Fact]
    public void Of_Unfinished_IsDeadlineExceededWhateverElse() =>
        Assert.Equal("deadline_exceeded", SentryStatus.Of(
            Finished.Span(("llm_tracing.stream.outcome", "completed")) with { IsUnfinished = true }));
}

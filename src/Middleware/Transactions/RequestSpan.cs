using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Writes what HTTP knows of a request to its span.</summary>
/// <remarks>
/// Names: https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/http/http-spans.md. Neither query nor
/// headers that may hold a secret are recorded, nor the client's address.
/// </remarks>
internal sealed class RequestSpan(Activity span, HttpContext context)
{
    private static readonly HashSet<string> KnownMethods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    private RouteEndpoint? _endpoint;
    private int? _statusOfException;
    private string? _name;
    private bool _isConnectionLost;

    public void Begin()
    {
        var request = context.Request;
        _endpoint = context.GetEndpoint() as RouteEndpoint;
        SetName();
        span.SetTag(HttpAttributes.RequestMethod, KnownMethods.Contains(request.Method) ? request.Method : "_OTHER");
        span.SetTag(HttpAttributes.UrlScheme, request.Scheme);
        span.SetTag(HttpAttributes.UrlPath, (request.PathBase + request.Path).Value);
        SetIfAny(GenAiAttributes.ServerAddress, request.Host.Host);
        if (request.Host.Port is { } port)
        {
            span.SetTag(GenAiAttributes.ServerPort, port);
        }

        SetIfAny(HttpAttributes.UserAgent, request.Headers.UserAgent);
    }

    /// <summary>Notes an exception that reached the middleware.</summary>
    public void Fail(Exception exception)
    {
        // Which may be noticed by a read before the token says so.
        _isConnectionLost = exception is ConnectionResetException or ConnectionAbortedException;
        if (HasClientLeft())
        {
            return;
        }

        _statusOfException = (exception as BadHttpRequestException)?.StatusCode ?? 500;
        if (_statusOfException >= 500)
        {
            SetError(exception);
        }
    }

    public void End()
    {
        var handled = context.Features.Get<IExceptionHandlerFeature>();
        if (_endpoint is null)
        {
            // Routed only after us, or by whatever handled the exception.
            _endpoint = (handled?.Endpoint ?? context.GetEndpoint()) as RouteEndpoint;
            SetName();
        }

        // The server turns an exception into a status only after us.
        var status = context.Response.HasStarted
            ? context.Response.StatusCode
            : _statusOfException ?? context.Response.StatusCode;
        span.SetTag(HttpAttributes.ResponseStatusCode, status);
        if (status < 500 || span.Status == ActivityStatusCode.Error || HasClientLeft())
        {
            return;
        }

        if (handled is not null)
        {
            SetError(handled.Error);
        }
        else
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag(GenAiAttributes.ErrorType, status.ToString(CultureInfo.InvariantCulture));
        }
    }

    // Then nobody was there any more to be failed, whatever was thrown or answered.
    private bool HasClientLeft()
    {
        if (!_isConnectionLost && !context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }

        // A stream may have said so before.
        if (span.GetTagItem(LlmTracingAttributes.StreamOutcome) is null)
        {
            span.SetTag(LlmTracingAttributes.StreamOutcome, StreamOutcome.ClientDisconnected.ToAttributeValue());
        }

        return true;
    }

    private void SetName()
    {
        var method = KnownMethods.Contains(context.Request.Method) ? context.Request.Method : "HTTP";
        if (_endpoint?.RoutePattern.RawText is not { } pattern)
        {
            Rename($"{method} {context.Request.PathBase + context.Request.Path}");
            return;
        }

        var route = pattern.StartsWith('/') ? pattern : "/" + pattern;
        Rename($"{method} {route}");
        span.SetTag(HttpAttributes.Route, route);
    }

    // Unless the app has, meanwhile: that name stays.
    private void Rename(string name)
    {
        if (_name is null || span.DisplayName == _name)
        {
            span.DisplayName = _name = name;
        }
    }

    private void SetError(Exception exception)
    {
        // Its text first, in a way that cannot fail: AddException reads what it is not given from the exception.
        var error = SpanError.Of(exception);
        span.SetStatus(ActivityStatusCode.Error, error.Message);
        span.SetTag(GenAiAttributes.ErrorType, error.Type);
        span.AddException(exception, SpanError.TagsOf(error));
    }

    private void SetIfAny(string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            span.SetTag(key, value);
        }
    }
}

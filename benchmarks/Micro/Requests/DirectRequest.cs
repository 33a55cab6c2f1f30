using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LlmTracing.Benchmarks.Micro.Requests;

/// <summary>The features of one request, which are used again for the next, as a server's are.</summary>
internal sealed class DirectRequest : FeatureCollection
{
    private readonly HttpRequestFeature _request = new();
    private readonly HttpResponseFeature _response = new();
    private readonly HeaderDictionary _requestHeaders = new() { ["Host"] = "localhost" };
    private readonly StreamResponseBodyFeature _body = new(Stream.Null);
    private readonly HttpRequestLifetimeFeature _lifetime = new();

    public void Reset()
    {
        for (var known = this.ToList(); known.Count > 0; known.RemoveAt(known.Count - 1))
        {
            this[known[^1].Key] = null;
        }

        (_request.Method, _request.Path, _request.Scheme, _request.Protocol) = ("GET", "/chat", "http", "HTTP/1.1");
        _request.Headers = _requestHeaders;
        _response.StatusCode = 200;
        Set<IHttpRequestFeature>(_request);
        Set<IHttpResponseFeature>(_response);
        Set<IHttpResponseBodyFeature>(_body);
        Set<IHttpRequestLifetimeFeature>(_lifetime);
    }
}

using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Is told of each request when its trace is known, in the request's own flow.</summary>
/// <remarks>For backends that have a context of their own for it.</remarks>
internal interface IRequestObserver
{
    void OnBegin(HttpContext context, Activity root);
}

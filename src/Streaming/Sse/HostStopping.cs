using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Streaming.Sse;

/// <summary>Tells one stream that its host stops, once the stream's time of grace is over.</summary>
internal sealed class HostStopping : IDisposable
{
    private readonly Func<TimeSpan> _grace;
    private readonly TimeProvider _time;
    private readonly Action _tell;
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _lock = new();
    private ITimer? _timer;

    public HostStopping(HttpContext context, Func<TimeSpan> grace, TimeProvider time, Action tell)
    {
        (_grace, _time, _tell) = (grace, time, tell);
        _registration = TokenOf(context).UnsafeRegister(static stopping => ((HostStopping)stopping!).Begin(), this);
    }

    /// <summary>Gives what is cancelled when the host of a request begins to stop.</summary>
    public static CancellationToken TokenOf(HttpContext context) =>
        context.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;

    /// <summary>Takes up a grace that has changed since the host began to stop, if it has.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _timer?.Change(_grace(), Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        lock (_lock)
        {
            _timer?.Dispose();
        }
    }

    // By timer without grace too: hundreds of streams are told one after the other, and none shall wait for another's end.
    private void Begin()
    {
        lock (_lock)
        {
            _timer = _time.CreateTimer(
                static stopping => ((HostStopping)stopping!)._tell(), this, _grace(), Timeout.InfiniteTimeSpan);
        }
    }
}

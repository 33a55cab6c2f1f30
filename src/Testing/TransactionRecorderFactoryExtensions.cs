using LlmTracing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Mvc.Testing;

/// <summary>Records the transactions of an app that a test starts.</summary>
public static class TransactionRecorderFactoryExtensions
{
    /// <summary>Gives a factory of the same app whose transactions go to a recorder, and nowhere else.</summary>
    /// <typeparam name="TEntryPoint">A type in the app's assembly, usually <c>Program</c>.</typeparam>
    /// <param name="factory">The factory. It is left as it is, and disposes of the new one with itself.</param>
    /// <param name="recorder">What to await and assert on.</param>
    /// <param name="keepOtherSinks">Whether the app's own backends get the transactions too. By default none does.</param>
    /// <returns>The new factory: make its clients from this one.</returns>
    /// <remarks>
    /// For a real socket call <c>UseKestrel()</c> on the new factory: one made from a factory that has called it gives no
    /// clients. A factory class of one's own calls <c>services.AddTransactionRecorder(recorder)</c> instead, in
    /// <c>ConfigureTestServices</c>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// The app never called <c>AddLlmTracing()</c>; thrown where it is started, with the first client.
    /// </exception>
    public static WebApplicationFactory<TEntryPoint> WithTransactionRecorder<TEntryPoint>(
        this WebApplicationFactory<TEntryPoint> factory, out TransactionRecorder recorder, bool keepOtherSinks = false)
        where TEntryPoint : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        var added = recorder = new TransactionRecorder();
        return factory.WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddTransactionRecorder(added, keepOtherSinks)));
    }
}

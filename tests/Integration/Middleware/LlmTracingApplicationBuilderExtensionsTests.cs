using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Middleware;

public sealed class LlmTracingApplicationBuilderExtensionsTests
{
    [Fact]
    public void UseLlmTracing_WithoutAddLlmTracing_ThrowsNamingIt()
    {
        var app = new ApplicationBuilder(new ServiceCollection().BuildServiceProvider());

        var exception = Assert.Throws<InvalidOperationException>(() => app.UseLlmTracing());

        Assert.Equal(
            "app.UseLlmTracing() needs its services: call builder.Services.AddLlmTracing() before the app is built.",
            exception.Message);
    }
}

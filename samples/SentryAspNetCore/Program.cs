using LlmTracing;

// An app that runs the Sentry SDK, with the traces of LlmTracing in its place: SENTRY_DSN=… dotnet run
// curl -N 'http://localhost:5090/chat' streams an answer; /chat?fails=true breaks off, and the SDK's error is beneath the call.
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseSentry(options =>
{
    options.Dsn = builder.Configuration["SENTRY_DSN"] ?? "";
    options.TracesSampleRate = 1;
    options.MaxQueueItems = 1000;
});
builder.Services.AddLlmTracing().UseSentrySdk();

var app = builder.Build();
app.UseLlmTracing();
app.MapGet("/chat", (bool? fails) =>
    Results.TracedSse(AnswerAsync(fails == true), new LlmCall("demo") { Provider = "demo" }));
app.Run();

static async IAsyncEnumerable<string> AnswerAsync(bool fails)
{
    foreach (var word in "Every request is one transaction and the SDK sends it".Split(' '))
    {
        await Task.Delay(TimeSpan.FromMilliseconds(80), TimeProvider.System);
        yield return word + " ";
        if (fails)
        {
            throw new InvalidOperationException("The model has failed.");
        }
    }
}

using SseChatApi;
using SseChatApi.Chat;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddLlmTracing(options =>
{
    // Who asks whether the app is alive does so every few seconds: that is no trace that anyone looks for.
    options.Filter = static context => context.Request.Path != "/healthz";

    // For the page, which shows the trace of an answer from its beginning.
    options.Sse.TraceEvent = true;
}).AddOpenAIReaders().AddAnthropicReaders().AddSentryExporter();
builder.Services.AddHealthChecks();
builder.Services.AddProblemDetails();
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
builder.Services.ConfigureHttpJsonOptions(options =>
    options.SerializerOptions.TypeInfoResolverChain.Insert(0, ChatJsonContext.Default));

if (!ChatProviders.TryAdd(builder.Services, builder.Configuration, out var problem))
{
    Console.Error.WriteLine(problem);
    return 1;
}

try
{
    var app = builder.Build();

    // The page's own files come first, and so are no transactions.
    app.UseDefaultFiles();
    app.UseStaticFiles();
    app.UseLlmTracing();
    app.UseStatusCodePages();

    // The traces that the page shows beside its answers: in Development, which launchSettings.json says.
    app.MapLlmTraces();
    app.MapHealthChecks("/healthz");

    app.MapGet("/chat", (string? message, IChatProvider chat) =>
        ChatMessage.Problem(message) ?? chat.Answer(message!));

    app.MapPost("/chat", (ChatMessage? body, IChatProvider chat) =>
        ChatMessage.Problem(body?.Message) ?? chat.Answer(body!.Message!));

    app.Run();
    return 0;
}
catch (Exception exception) when (StartProblem.Of(exception) is { } sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}

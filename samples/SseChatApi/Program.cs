using SseChatApi.Chat;

var builder = WebApplication.CreateBuilder(args);

// Who asks whether the app is alive does so every few seconds: that is no trace that anyone looks for.
builder.Services.AddLlmTracing(options => options.Filter = static context => context.Request.Path != "/healthz")
    .AddOpenAIReaders().AddAnthropicReaders().AddSentryExporter();
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

var app = builder.Build();

app.UseLlmTracing();
app.UseStatusCodePages();

app.MapHealthChecks("/healthz");

app.MapGet("/chat", (string? message, IChatProvider chat) =>
    ChatMessage.Problem(message) ?? chat.Answer(message!));

app.MapPost("/chat", (ChatMessage? body, IChatProvider chat) =>
    ChatMessage.Problem(body?.Message) ?? chat.Answer(body!.Message!));

app.Run();
return 0;

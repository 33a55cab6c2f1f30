using SseChatApi.Chat;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddLlmTracing().AddOpenAIReaders().AddAnthropicReaders().AddSentryExporter();
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

app.MapGet("/chat", (string? message, IChatProvider chat) =>
    ChatMessage.Problem(message) ?? chat.Answer(message!));

app.MapPost("/chat", (ChatMessage? body, IChatProvider chat) =>
    ChatMessage.Problem(body?.Message) ?? chat.Answer(body!.Message!));

app.Run();
return 0;

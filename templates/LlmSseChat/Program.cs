using System.Net.ServerSentEvents;
using LlmSseChat;
using LlmTracing;
using Microsoft.Extensions.AI;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddLlmTracing().AddSentryExporter();
builder.Services.AddProblemDetails();
builder.Services.AddValidation();

// Your model goes here: any IChatClient, with the names by which the trace shall show it. The README has an example.
builder.Services.AddSingleton<IChatClient, ScriptedChatClient>();
var call = new LlmCall(ScriptedChatClient.ModelId) { Provider = ScriptedChatClient.ProviderName };

var app = builder.Build();

// Before the endpoints: what it does not see is not traced.
app.UseLlmTracing();

app.MapPost("/chat", (Ask ask, IChatClient model) =>
{
    // Deferred, so that a client that leaves cancels the call, whichever token the model's SDK looks at.
    var answer = LlmTrace.Defer(token => model.GetStreamingResponseAsync(ask.Message, cancellationToken: token));
    return Results.TracedSse(answer, ToEvent, call);
});

app.Run();

// Updates without text, such as the last with the tokens, are recorded but not sent.
static SseItem<string>? ToEvent(ChatResponseUpdate update) =>
    update.Text.Length == 0 ? null : new SseItem<string>(update.Text);

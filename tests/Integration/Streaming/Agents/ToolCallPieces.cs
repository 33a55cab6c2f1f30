using System.Text;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Streaming.Agents;

/// <summary>One call of a tool, put together from the pieces that its stream had.</summary>
internal sealed class ToolCallPieces
{
    private readonly StringBuilder _arguments = new();
    private string _id = "";
    private string _name = "";

    public void Add(StreamingChatToolCallUpdate piece)
    {
        _id += piece.ToolCallId;
        _name += piece.FunctionName;
        _arguments.Append(piece.FunctionArgumentsUpdate);
    }

    public ChatToolCall Whole() => ChatToolCall.CreateFunctionToolCall(_id, _name, BinaryData.FromString(_arguments.ToString()));
}

using System.Text;
using LlmTracing.Streaming.Readers;

namespace LlmTracing.Tests.Unit.Support.Fixtures;

/// <summary>Keeps the text of the first answer.</summary>
internal sealed class AnswerTexts : IAnswerText
{
    private readonly StringBuilder _first = new();

    public void Append(int choice, ReadOnlySpan<char> text) => _ = choice == 0 ? _first.Append(text) : _first;

    public override string ToString() => _first.ToString();
}

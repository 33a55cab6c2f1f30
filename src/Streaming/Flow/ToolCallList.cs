using System.Diagnostics;
using LlmTracing.Streaming.Readers;

namespace LlmTracing.Streaming.Flow;

/// <summary>The tools that one answer asks the app to run, each call once, in order.</summary>
internal sealed class ToolCallList
{
    // More calls in one answer than any provider gives: a stream must not fill the memory with them.
    private const int MostCalls = 512;

    private readonly List<LlmToolCall> _calls = [];
    private readonly List<ToolCallPlace> _places = [];
    private int _last;

    public IReadOnlyList<LlmToolCall> Calls => _calls;

    /// <summary>Adds a call, or what is new of one that is known by its id.</summary>
    /// <returns>Whether it was not known.</returns>
    public bool Add(LlmToolCall call, ToolCallPlace place = default)
    {
        var known = call.Id is null ? -1 : IndexOf(call.Id);
        if (known >= 0)
        {
            _calls[known] = call with { Name = _calls[known].Name ?? call.Name };
            _last = known;
            return false;
        }

        if (_calls.Count == MostCalls)
        {
            return false;
        }

        _last = _calls.Count;
        _calls.Add(call);
        _places.Add(place);
        return true;
    }

    /// <summary>Gives which answer asks for a call, by the call's position.</summary>
    public int ChoiceOf(int call) => _places[call].Choice;

    /// <summary>Gives the position of a call by its number; without one, of the last that was noted. -1 for none.</summary>
    public int PositionOf(int choice, int? number) =>
        number is null ? (_calls.Count == 0 ? -1 : _last) : _places.IndexOf(new ToolCallPlace(choice, number));

    public static void Write(Activity span, IReadOnlyList<LlmToolCall> calls)
    {
        if (calls.Count > 0)
        {
            span.SetTag(LlmTracingAttributes.ToolNames, calls.Select(static call => call.Name ?? "").ToArray());
            span.SetTag(LlmTracingAttributes.ToolCallIds, calls.Select(static call => call.Id ?? "").ToArray());
        }
    }

    private int IndexOf(string id)
    {
        for (var i = 0; i < _calls.Count; i++)
        {
            if (_calls[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }
}

using System.Diagnostics;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Readers;

namespace LlmTracing.Streaming.Flow;

/// <summary>The tools that one answer asks the app to run, each call once, in order.</summary>
internal sealed class ToolCallList
{
    // More calls in one answer than any provider gives: a stream must not fill the memory with them.
    private const int MostCalls = 512;

    private readonly List<LlmToolCall> _calls = [];
    private readonly List<ToolCallPlace> _places = [];
    private readonly List<string> _ids = [];
    private int _last = -1;

    public IReadOnlyList<LlmToolCall> Calls => _calls;

    /// <summary>Gets the ids of those that have one, in the order in which they became known.</summary>
    public IReadOnlyList<string> Ids => _ids;

    public int IdCount => _ids.Count;

    /// <summary>Adds a call, or what is new of one that is known.</summary>
    /// <returns>Whether it was not known.</returns>
    public bool Add(LlmToolCall call, ToolCallPlace place = default)
    {
        if (Known(call, place) is var known and >= 0)
        {
            _last = known;
            GoOn(known, call, place);
            return false;
        }

        if (_calls.Count == MostCalls)
        {
            return false;
        }

        _last = _calls.Count;
        _calls.Add(call);
        _places.Add(place);
        NoteId(call.Id);
        return true;
    }

    /// <summary>Gives which answer asks for a call, by the call's position.</summary>
    public int ChoiceOf(int call) => _places[call].Choice;

    /// <summary>
    /// Gives the position of a call by its number; without one, of any of the choice's. Of several it is the one that was
    /// noted last. -1 for none.
    /// </summary>
    public int PositionOf(int choice, int? number)
    {
        if (_last >= 0 && IsAt(_last, choice, number))
        {
            return _last;
        }

        var at = _calls.Count - 1;
        while (at >= 0 && !IsAt(at, choice, number))
        {
            at--;
        }

        return at;
    }

    /// <summary>Makes the numbers count anew: what they meant so far they mean no more.</summary>
    public void ForgetNumbers()
    {
        for (var i = 0; i < _places.Count; i++)
        {
            _places[i] = _places[i] with { Number = null };
        }
    }

    public static void Write(Activity span, IReadOnlyList<LlmToolCall> calls)
    {
        if (calls.Count > 0)
        {
            span.SetTag(LlmTracingAttributes.ToolNames, calls.Select(static call => TextCut.NameOf(call.Name) ?? "").ToArray());
            span.SetTag(LlmTracingAttributes.ToolCallIds, calls.Select(static call => TextCut.NameOf(call.Id) ?? "").ToArray());
        }
    }

    // A server may give calls that run side by side the same number, and only their ids tell them apart; or it may repeat
    // the name with each piece, leave the id out of the first, or give each piece an id of its own.
    private int Known(LlmToolCall call, ToolCallPlace place)
    {
        if (call.Id is not null && IndexOf(call.Id, place.Choice) is var named and >= 0)
        {
            return named;
        }

        var at = PositionOf(place.Choice, place.Number);
        if (at < 0)
        {
            return -1;
        }

        // Without a number, what has both is whole. A part goes on with a call that lacks it.
        var goesOn = place.Number is null
            ? (call.Id is null && _calls[at].Name is null) || (call.Name is null && _calls[at].Id is null)
            : call.Id is null || call.Name is null || _calls[at].Id is null;
        return goesOn ? at : -1;
    }

    private bool IsAt(int call, int choice, int? number) =>
        _places[call].Choice == choice && (number is null || _places[call].Number == number);

    private void GoOn(int known, LlmToolCall call, ToolCallPlace place)
    {
        if (_calls[known].Id is null)
        {
            NoteId(call.Id);
        }

        _calls[known] = new LlmToolCall(_calls[known].Id ?? call.Id, _calls[known].Name ?? call.Name);
        if (_places[known].Number is null)
        {
            _places[known] = _places[known] with { Number = place.Number };
        }
    }

    private void NoteId(string? id)
    {
        if (!string.IsNullOrEmpty(id))
        {
            _ids.Add(id);
        }
    }

    private int IndexOf(string id, int choice)
    {
        for (var i = 0; i < _calls.Count; i++)
        {
            if (_places[i].Choice == choice && _calls[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }
}

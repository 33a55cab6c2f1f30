using System.Diagnostics;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Accounts;

/// <summary>One call to a model as the instruments of its host measure it, whether or not it has a span.</summary>
/// <remarks>Where nobody listens when the call begins there is none, so that nothing is spent on it.</remarks>
internal sealed class CallMeasurement
{
    private readonly CallMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private TagList _tags;
    private string? _taggedModel;

    public CallMeasurement(CallMetrics metrics, LlmCall call, TimeProvider time)
    {
        (_metrics, _time, _startedAt) = (metrics, time, time.GetTimestamp());
        AddKnown(GenAiAttributes.OperationName, call.Operation);
        AddKnown(GenAiAttributes.ProviderName, call.Provider);
        AddKnown(GenAiAttributes.RequestModel, call.Model);
        AddKnown(GenAiAttributes.ServerAddress, call.ServerAddress);
        AddKnown(GenAiAttributes.ServerPort, call.ServerPort);

        // Last, to be replaced as soon as the provider says what answers: until then, as on the span, the one asked for.
        AddKnown(GenAiAttributes.ResponseModel, _taggedModel = call.Model);
    }

    /// <summary>Gets a value indicating whether anyone wants to know how long each chunk took.</summary>
    public bool TimesChunks => _metrics.TimesChunks;

    /// <summary>Gets or sets the model that answers, once it is known.</summary>
    public string? Model
    {
        get => _taggedModel;
        set
        {
            if (value is null || value == _taggedModel)
            {
                return;
            }

            if (_taggedModel is not null)
            {
                _tags.RemoveAt(_tags.Count - 1);
            }

            AddKnown(GenAiAttributes.ResponseModel, _taggedModel = value);
        }
    }

    /// <summary>Gets or sets the class of what the call failed with.</summary>
    public string? ErrorType { get; set; }

    /// <summary>Notes a chunk that was read.</summary>
    public void OnChunk(StreamPace pace)
    {
        if (pace.Chunks == 1)
        {
            _metrics.RecordFirstChunk(pace.TimeToFirstChunk, _tags);
        }
        else if (pace.LastPull is { } waited)
        {
            _metrics.RecordNextChunk(waited, _tags);
        }
    }

    /// <summary>Measures the call as a whole.</summary>
    public void End(in CallUsage used)
    {
        _metrics.RecordTokens(used.Usage.InputTokens, "input", _tags);
        _metrics.RecordTokens(used.Usage.OutputTokens, "output", _tags);
        _metrics.RecordCost(used.Cost, _tags);
        _metrics.RecordDuration(_time.GetElapsedTime(_startedAt), ErrorType, _tags);
    }

    private void AddKnown(string key, object? value)
    {
        if (value is not null)
        {
            _tags.Add(key, value);
        }
    }
}

using Microsoft.Extensions.Options;

namespace LlmTracing;

/// <summary>Finds the settings of a response that cannot work, all at once.</summary>
/// <remarks>Of the app's defaults at the host's start; of one response's where its result is made.</remarks>
public sealed class TracedSseOptionsValidator : IValidateOptions<TracedSseOptions>
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LeastHeartbeat = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TracedSseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new ValidateOptionsResultBuilder();
        CheckLimit(options.Heartbeat, LeastHeartbeat, Hour, nameof(options.Heartbeat));
        CheckLimit(options.FirstChunkTimeout, Least, Day, nameof(options.FirstChunkTimeout));
        CheckLimit(options.StallTimeout, Least, Day, nameof(options.StallTimeout));
        CheckLimit(options.MaxDuration, Least, Day, nameof(options.MaxDuration));
        CheckLimit(options.WriteTimeout, Least, Day, nameof(options.WriteTimeout));
        CheckTime(options.CancellationTimeout, TimeSpan.Zero, Minute, nameof(options.CancellationTimeout));
        CheckTime(options.Retry, TimeSpan.Zero, Hour, nameof(options.Retry));
        CheckTime(options.ShutdownGrace, TimeSpan.Zero, Day, nameof(options.ShutdownGrace));
        CheckTime(options.DrainLimit?.Time, Least, 10 * Minute, "DrainLimit.Time");
        CheckDefined(options.OnDisconnect, nameof(options.OnDisconnect));
        CheckDefined(options.Completion, nameof(options.Completion));
        if (options.DrainLimit is { Chunks: < 1 and var chunks })
        {
            Add($"must be 1 or more, was {chunks}.", "DrainLimit.Chunks");
        }

        return problems.Build();

        void Add(string problem, string property) =>
            problems.AddError(problem, string.IsNullOrEmpty(name) ? property : $"{name}.{property}");

        void CheckTime(TimeSpan? value, TimeSpan least, TimeSpan most, string property)
        {
            if (value < least || value > most)
            {
                Add($"must be {least} to {most}, was {value}.", property);
            }
        }

        void CheckLimit(TimeSpan? value, TimeSpan least, TimeSpan most, string property)
        {
            if (value != Timeout.InfiniteTimeSpan && (value < least || value > most))
            {
                Add($"must be {least} to {most}, or {Timeout.InfiniteTimeSpan} for none, was {value}.", property);
            }
        }

        void CheckDefined<TEnum>(TEnum? value, string property)
            where TEnum : struct, Enum
        {
            if (value is { } set && !Enum.IsDefined(set))
            {
                Add($"must be one of {string.Join(", ", Enum.GetNames<TEnum>())}, was {set}.", property);
            }
        }
    }
}

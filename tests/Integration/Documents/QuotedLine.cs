using System.Reflection;
using System.Text.RegularExpressions;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>A log line as the console prints it, in a document or in the source, with names in braces for what differs.</summary>
internal sealed record QuotedLine(string Category, LogLevel Level, int Id, string Message)
{
    private static readonly Assembly[] Libraries =
        [typeof(LlmTrace).Assembly, typeof(FinishedTransaction).Assembly, typeof(SentryExporterOptions).Assembly];

    /// <summary>Gets the lines that the libraries can write.</summary>
    public static IReadOnlyList<QuotedLine> OfTheSource { get; } =
    [
        .. Libraries.SelectMany(static library => library.GetTypes())
            .Where(static type => type.Name == "Log")
            .SelectMany(static log => log.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Select(static method => (Log: method.DeclaringType!, Line: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(static found => found.Line is not null)
            .Select(static found => new QuotedLine(
                found.Log.Namespace!.Replace(".Telemetry", "", StringComparison.Ordinal),
                found.Line!.Level,
                found.Line.EventId,
                found.Line.Message)),
    ];

    /// <summary>Reads the text of a code block of language <c>log</c>.</summary>
    public static QuotedLine Read(string fence)
    {
        var (head, message) = (fence.Split('\n', 2)[0], fence.Split('\n', 2)[1]);
        var (level, category, id) = (head[..4], head[6..head.IndexOf('[', StringComparison.Ordinal)], head.Split('[', ']')[1]);
        return new(category, LevelOf(level), int.Parse(id, null), OnOneLine(message));
    }

    /// <summary>Joins what a document breaks into lines.</summary>
    public static string OnOneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Tells whether an app has logged this line, with anything for what differs.</summary>
    public bool IsThatOf(LogEntry entry) =>
        (entry.Category, entry.Level, entry.Event.Id) == (Category, Level, Id)
        && Regex.IsMatch(entry.Message, $"^{Regex.Replace(Regex.Escape(Message), @"\\\{\w+}", ".+")}$");

    private static LogLevel LevelOf(string level) => level switch
    {
        "dbug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "fail" => LogLevel.Error,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "The console prints no such level."),
    };
}

using System.Diagnostics;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>What is known of a trace where it begins.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="IsSampled">Whether it is recorded.</param>
/// <param name="Transaction">The name of its first transaction, unless that is an address, of which there are too many.</param>
/// <param name="SampleRate">The rate by which that was decided; null for that of the host.</param>
internal readonly record struct TraceHead(ActivityTraceId TraceId, bool IsSampled, string? Transaction, double? SampleRate)
{
    /// <summary>Gets the release that it began in; null for that of the host.</summary>
    public string? Release { get; init; }

    /// <summary>Gets the environment that it began in; null for that of the host.</summary>
    public string? Environment { get; init; }

    public static TraceHead Of(Activity root, bool isSampled, double? sampleRate = null) =>
        new(root.TraceId, isSampled, NameOf(root.DisplayName, root.Kind, root.GetTagItem(HttpAttributes.Route)), sampleRate);

    public static TraceHead Of(FinishedTransaction transaction)
    {
        var root = transaction.Root;
        return new(transaction.TraceId, IsSampled: true, NameOf(root.Name, root.Kind, root[HttpAttributes.Route]), transaction.SampleRate)
        {
            Release = SentryResource.Of(transaction, SentryResource.Release, own: null),
            Environment = SentryResource.Of(transaction, SentryResource.Environment, own: null),
        };
    }

    private static string? NameOf(string name, ActivityKind kind, object? route) =>
        kind == ActivityKind.Server && route is null ? null : name;
}

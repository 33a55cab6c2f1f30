using System.Diagnostics;

namespace LlmTracing.Middleware.Journal;

/// <summary>Where in a journal a span is. The id tells whether it still is: slots are used again.</summary>
/// <param name="Slot">The index of the slot.</param>
/// <param name="SpanId">The span.</param>
internal readonly record struct SpanPlace(int Slot, ActivitySpanId SpanId);

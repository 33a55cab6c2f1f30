using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>A place in the app's code that calls this library.</summary>
/// <param name="Method">The method, with its type's full name.</param>
/// <param name="Offset">Where in the method, as the compiler has it.</param>
internal readonly record struct CallSite(string Method, int Offset)
{
    private static readonly string[] Libraries =
        ["LlmTracing.Streaming", "LlmTracing.Middleware", "System.Diagnostics.DiagnosticSource", "System.Private.CoreLib"];

    /// <summary>Finds the nearest caller that is neither this library nor the runtime.</summary>
    public static CallSite OfCaller()
    {
        foreach (var frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            // Unlike the frame's method, known where the app is trimmed too.
            if (DiagnosticMethodInfo.Create(frame) is { } method && !IsLibrary(method.DeclaringAssemblyName))
            {
                return new(NameOf(method), frame.GetILOffset());
            }
        }

        return new("a place that is not known", 0);
    }

    private static bool IsLibrary(string? assembly) =>
        Array.Exists(Libraries, library => assembly is not null && assembly.StartsWith($"{library},", StringComparison.Ordinal));

    // What the compiler makes of an async method or an iterator is Type+<Method>d__1.MoveNext.
    private static string NameOf(DiagnosticMethodInfo method)
    {
        var type = method.DeclaringTypeName ?? "";
        var (open, close) = (type.LastIndexOf("+<", StringComparison.Ordinal), type.LastIndexOf(">d__", StringComparison.Ordinal));
        return method.Name == "MoveNext" && open >= 0 && close > open
            ? $"{type[..open]}.{type[(open + 2)..close]}"
            : $"{type}.{method.Name}";
    }
}

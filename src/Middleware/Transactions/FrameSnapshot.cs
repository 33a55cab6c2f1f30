using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies one call of a stack, under the names that its source code has.</summary>
internal static class FrameSnapshot
{
    // How async code gets from one method to the next: in the source code there is no such call.
    private static readonly string[] Plumbing = ["System.Runtime.CompilerServices.", "System.Runtime.ExceptionServices."];

    /// <summary>Gives the call, or null for one that only the compiler has made.</summary>
    public static FinishedFrame? Of(StackFrame frame)
    {
        // Reflection on the method itself would need what trimming may have removed.
        if (DiagnosticMethodInfo.Create(frame) is not { } method)
        {
            return null;
        }

        var (module, function) = NamesOf(method.DeclaringTypeName, method.Name);
        return Array.Exists(Plumbing, prefix => module?.StartsWith(prefix, StringComparison.Ordinal) == true)
            ? null
            : new FinishedFrame(function)
            {
                Module = module,
                Assembly = AssemblyOf(method),
                File = frame.GetFileName() is { Length: > 0 } file ? file : null,
                Line = frame.GetFileLineNumber() is > 0 and var line ? line : null,
            };
    }

    /// <summary>Turns the compiler's names into those of the source code.</summary>
    /// <remarks>
    /// <c>Shop.Chat+&lt;AskAsync&gt;d__3.MoveNext</c> is <c>Shop.Chat.AskAsync</c>; <c>Program+&lt;&gt;c.&lt;Main&gt;b__0_1</c>,
    /// a lambda, is <c>Program.Main</c>.
    /// </remarks>
    internal static (string? Module, string Function) NamesOf(string? type, string method)
    {
        var nested = type?.LastIndexOf("+<", StringComparison.Ordinal) ?? -1;
        while (nested >= 0)
        {
            // A state machine is named after its method, the class of a closure after none.
            var inner = type![(nested + 1)..];
            (type, method) = (type[..nested], inner.StartsWith("<>", StringComparison.Ordinal) ? method : inner);
            nested = type.LastIndexOf("+<", StringComparison.Ordinal);
        }

        return (type, SourceNameOf(method));
    }

    private static string SourceNameOf(string method)
    {
        var name = method.TrimStart('<');
        if (name.Length == method.Length)
        {
            return method;
        }

        // <Main>g__Ask|0_1 is a local function, which has a name of its own.
        var local = name.IndexOf(">g__", StringComparison.Ordinal);
        if (local >= 0)
        {
            var end = name.IndexOf('|', local);
            return end < 0 ? name[(local + 4)..] : name[(local + 4)..end];
        }

        var close = name.IndexOf('>', StringComparison.Ordinal);
        return close > 0 ? name[..close] : method;
    }

    private static string? AssemblyOf(DiagnosticMethodInfo method) =>
        method.DeclaringAssemblyName is { Length: > 0 } name ? name.Split(',', 2)[0] : null;
}

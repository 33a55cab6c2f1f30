using System.Diagnostics;
using System.Runtime.CompilerServices;
using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Tests.Unit.Middleware.Transactions;

public sealed class ExceptionSnapshotTests
{
    [Fact]
    public void Of_ThrownException_HasItsCallsFromWhereItWasThrown()
    {
        var exception = Assert.Single(ExceptionSnapshot.Of(Thrown(static () => Throw("a"))));

        Assert.Equal(("System.InvalidOperationException", "a"), (exception.Type, exception.Message));
        Assert.Equal("System.Private.CoreLib", exception.Assembly);
        Assert.Null(exception.CauseOf);
        Assert.Equal(
            [nameof(Throw), nameof(Of_ThrownException_HasItsCallsFromWhereItWasThrown), nameof(Thrown)],
            exception.Frames.Select(static frame => frame.Function));
        Assert.All(exception.Frames, static frame =>
        {
            Assert.Equal(typeof(ExceptionSnapshotTests).FullName, frame.Module);
            Assert.Equal("LlmTracing.Tests.Unit", frame.Assembly);
            Assert.EndsWith("ExceptionSnapshotTests.cs", frame.File, StringComparison.Ordinal);
            Assert.True(frame.Line > 0);
        });
    }

    [Fact]
    public void Of_SameExceptionTwice_HasTheSameId()
    {
        var exception = new InvalidOperationException("a");

        Assert.Equal(ExceptionSnapshot.Of(exception)[0].Id, ExceptionSnapshot.Of(exception)[0].Id);
        Assert.NotEqual(
            ExceptionSnapshot.Of(exception)[0].Id, ExceptionSnapshot.Of(new InvalidOperationException("a"))[0].Id);
    }

    [Fact]
    public void Of_ExceptionWithCauses_SaysWhichCausedWhich()
    {
        var inner = new InvalidOperationException("inner", new TimeoutException("innermost"));
        var thrown = new AggregateException("both", inner, new NotSupportedException("other"));

        var exceptions = ExceptionSnapshot.Of(thrown);

        Assert.Equal(
            [(null, "System.AggregateException"), (0, "System.InvalidOperationException"), (1, "System.TimeoutException"),
                (0, "System.NotSupportedException")],
            exceptions.Select(static exception => (exception.CauseOf, exception.Type)));
    }

    [Fact]
    public void Of_ThousandsOfCauses_KeepsTen() =>
        Assert.Equal(
            10,
            ExceptionSnapshot.Of(new AggregateException(Enumerable.Repeat(new InvalidOperationException(), 5000))).Count);

    [Fact]
    public void Of_MessageThrows_SaysSo() =>
        Assert.Equal(
            "[Its message could not be read: System.NotSupportedException]",
            Assert.Single(ExceptionSnapshot.Of(new Unspeakable())).Message);

    [Fact]
    public void Of_EndlessRecursion_KeepsTheCallsNearestToTheThrow()
    {
        var exception = Assert.Single(ExceptionSnapshot.Of(Thrown(static () => Recurse(400))));

        Assert.Equal(250, exception.Frames.Count);
        Assert.Equal(nameof(Throw), exception.Frames[0].Function);
        Assert.All(exception.Frames.Skip(1), static frame => Assert.Equal(nameof(Recurse), frame.Function));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static InvalidOperationException Thrown(Action action)
    {
        try
        {
            action();
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }

        throw new UnreachableException();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth)
    {
        if (depth == 0)
        {
            Throw("deep");
        }

        return Recurse(depth - 1) + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(string message) => throw new InvalidOperationException(message);

    private sealed class Unspeakable : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}

using System.Text;
using System.Text.RegularExpressions;
using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Unit.Documents;

/// <summary>Holds the table of docs/dialects.md to what the written streams show.</summary>
public sealed partial class DialectTableTests
{
    private static readonly Dictionary<string, Func<ExpectedReading, bool>> Told = new()
    {
        ["model"] = reading => reading.Model is not null,
        ["responseId"] = reading => reading.ResponseId is not null,
        ["finishReasons"] = reading => reading.FinishReasons.Count > 0,
        ["input"] = reading => reading.Usage.Input > 0,
        ["output"] = reading => reading.Usage.Output > 0,
        ["cached"] = reading => reading.Usage.Cached > 0,
        ["cacheWrite"] = reading => reading.Usage.CacheWrite > 0,
        ["reasoning"] = reading => reading.Usage.Reasoning > 0,
        ["total"] = reading => reading.Usage.Total > 0,
        ["text"] = reading => reading.Text.Length > 0,
        ["toolCalls"] = reading => reading.ToolCalls.Count > 0,
        ["arguments"] = reading => reading.ToolCalls.Any(static call => call.Arguments is not null),
        ["error"] = reading => reading.Error is not null,
        ["isComplete"] = reading => reading.IsComplete,
    };

    private static readonly string[][] Table = [.. Rows("## Fields")];

    public static TheoryData<string, LlmDialect> Cells =>
        [.. Told.Keys.SelectMany(_ => Enum.GetValues<LlmDialect>(), (name, dialect) => (name, dialect))];

    [Fact]
    public void Table_RowsAndColumns_AreTheFieldsAndTheDialects()
    {
        Assert.Equal(["field", .. Enum.GetNames<LlmDialect>()], Table[0]);
        Assert.Equal(Told.Keys, Table.Skip(2).Select(row => row[0]));
        Assert.Equal(Enum.GetNames<LlmDialect>(), Rows("# What is read").Skip(2).Select(row => row[0]));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Table_EachCell_IsShownByAStreamOrIsADash(string field, LlmDialect dialect)
    {
        var cell = Table.Single(row => row[0] == field)[1 + (int)dialect];
        var streams = StreamFixture.All.Where(fixture => fixture.Dialect == dialect).Select(fixture => StreamFixture.Named(fixture.Name));

        Assert.Equal(cell != "–", streams.Any(fixture => Told[field](fixture.Expected)));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Table_EachNameOfACell_StandsInAStreamThatShowsIt(string field, LlmDialect dialect)
    {
        var cell = Table.Single(row => row[0] == field)[1 + (int)dialect];
        var streams = StreamFixture.All.Where(fixture => fixture.Dialect == dialect)
            .Select(fixture => Encoding.UTF8.GetString(fixture.Bytes)).ToList();

        foreach (var name in Quoted().Matches(cell).SelectMany(match => NamesOf(match.Groups[1].Value)))
        {
            Assert.Contains(streams, stream => stream.Contains(name, StringComparison.Ordinal));
        }
    }

    // A path is one name after the other; the type of an event has dots of its own.
    private static IEnumerable<string> NamesOf(string path) =>
        path is "[DONE]" ? [path]
        : path is "response.completed" or "response.incomplete" or "response.failed" or "response.output_text.delta"
            or "response.output_item.done"
            ? [$"\"{path}\""]
        : path.Replace("[]", "", StringComparison.Ordinal).Split('.').Select(name => $"\"{name}\"");

    private static IEnumerable<string[]> Rows(string heading)
    {
        var lines = File.ReadLines(Path.Combine(RepositoryFolder.Path, "docs/dialects.md"));
        return lines.SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal))
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}

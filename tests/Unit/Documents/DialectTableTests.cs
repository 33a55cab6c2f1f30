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

    // What a provider was seen to send, and no written stream shows.
    private static readonly RenamedStream[] Unwritten =
    [
        new(LlmDialect.OpenAIResponses, ["""{"type":"error","sequence_number":1,"error":{"code":"server_error","message":"No."}}"""]),
    ];

    private static readonly Dictionary<string, Func<ChunkReading, string?>> Read = new()
    {
        ["model"] = reading => reading.Model,
        ["responseId"] = reading => reading.ResponseId,
        ["finishReasons"] = reading => string.Join(',', reading.FinishReasons),
        ["input"] = reading => $"{reading.Usage.InputTokens}",
        ["output"] = reading => $"{reading.Usage.OutputTokens}",
        ["cached"] = reading => $"{reading.Usage.CachedInputTokens}",
        ["cacheWrite"] = reading => $"{reading.Usage.CacheWriteInputTokens}",
        ["reasoning"] = reading => $"{reading.Usage.ReasoningTokens}",
        ["total"] = reading => $"{reading.Usage.TotalTokens}",
        ["text"] = reading => string.Join('|', reading.Content!.Choices.Select(reading.Content.TextOf)),
        ["toolCalls"] = reading => string.Join(',', reading.ToolCalls),
        ["arguments"] = reading => string.Join('|', reading.ToolCalls.Select((_, i) => reading.Content!.ArgumentsOf(i))),
        ["error"] = reading => reading.Error?.Type ?? reading.Error?.Message,
        ["isComplete"] = reading => $"{reading.IsComplete}",
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
    public void Table_EachNameOfACell_TellsTheField(string field, LlmDialect dialect)
    {
        var cell = Table.Single(row => row[0] == field)[1 + (int)dialect];
        var streams = StreamFixture.All.Where(fixture => fixture.Dialect == dialect).Select(RenamedStream.Of)
            .Concat(Unwritten.Where(stream => stream.Dialect == dialect)).ToList();
        var names = Quoted().Matches(cell).Select(match => match.Groups[1].Value).ToList();
        var paths = PathsOf(names, streams);

        foreach (var name in names)
        {
            // What counts only where another is not told is seen only where that one is not told.
            string[][] untold = [[], .. names.Where(other => other != name).Select(other => new[] { other }), [.. names.Where(other => other != name)]];

            Assert.True(
                streams.Any(stream => untold.Any(others =>
                    Without(stream, others, paths) is { } before && Tells(before, name, paths[name], field))),
                $"{field} of {dialect} is not read from `{name}`: no stream reads otherwise without it.");
        }
    }

    private static bool Tells(RenamedStream stream, string name, IReadOnlyList<string> paths, string field)
    {
        var before = Read[field](stream.Read());
        return paths.Select(stream.WithoutPath).Append(stream.WithoutType(name))
            .Any(without => without is not null && Read[field](without.Read()) != before);
    }

    private static RenamedStream Without(
        RenamedStream stream, IEnumerable<string> names, Dictionary<string, IReadOnlyList<string>> paths)
    {
        foreach (var name in names)
        {
            stream = paths[name].Aggregate(stream, static (stream, path) => stream.WithoutPath(path) ?? stream);
            stream = stream.WithoutType(name) ?? stream;
        }

        return stream;
    }

    // A name may go on from where one before it in its cell stands: after usage.input_tokens, another of the usage.
    private static Dictionary<string, IReadOnlyList<string>> PathsOf(IEnumerable<string> names, List<RenamedStream> streams)
    {
        var paths = new Dictionary<string, IReadOnlyList<string>>();
        HashSet<string> starts = [""];
        foreach (var name in names)
        {
            paths[name] =
            [
                .. starts.Select(start => start + name)
                    .Where(path => streams.Any(stream => stream.WithoutPath(path) is not null)),
            ];
            foreach (var path in paths[name])
            {
                var parts = path.Split('.');
                starts.UnionWith(parts.Select((_, i) => string.Join('.', parts[..(i + 1)]) + "."));
            }
        }

        return paths;
    }

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

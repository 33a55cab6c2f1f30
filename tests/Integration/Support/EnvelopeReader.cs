using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// Takes envelope bytes apart: header line, then item header line, payload and newline, to the last byte.
/// Any other framing is a deviation and ends the reading, since what follows could only be guessed.
/// </summary>
internal sealed class EnvelopeReader
{
    private const byte NewLine = (byte)'\n';

    // A repeated key would be read differently by different parsers.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly DeviationList _deviations;
    private ReadOnlyMemory<byte> _rest;

    private EnvelopeReader(ReadOnlyMemory<byte> body, DeviationList deviations) =>
        (_rest, _deviations) = (body, deviations);

    /// <returns>The envelope, or null if its framing is broken: then the list says why.</returns>
    public static SentryEnvelope? Read(ReadOnlyMemory<byte> body, DeviationList deviations) =>
        new EnvelopeReader(body, deviations).Read();

    private SentryEnvelope? Read()
    {
        if (ReadLine("the envelope header") is not { } header)
        {
            return null;
        }

        var items = new List<SentryEnvelopeItem>();
        while (!_rest.IsEmpty)
        {
            if (ReadItem($"item {items.Count}") is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new SentryEnvelope(header, items);
    }

    private SentryEnvelopeItem? ReadItem(string name)
    {
        if (ReadLine($"the header of {name}") is not { } header)
        {
            return null;
        }

        var typed = header.At("type").AsText();
        var length = -1;
        _deviations.RequireText(header.At("type"), $"{name} type");
        if (!_deviations.Require(
            header.At("length").ValueKind == JsonValueKind.Number && header.At("length").TryGetInt32(out length),
            $"{name} length must be an integer, was {header.At("length").Shown()}."))
        {
            return null;
        }

        return ReadPayload(name, length) is { } payload ? new SentryEnvelopeItem(typed ?? "", length, header, payload) : null;
    }

    private JsonElement? ReadPayload(string name, int length)
    {
        var framed = length >= 0 && length < _rest.Length && _rest.Span[length] == NewLine;
        if (!_deviations.Require(
            framed,
            $"{name} length says {length} bytes, but no newline follows those: {_rest.Length} bytes are left."))
        {
            return null;
        }

        var payload = _rest[..length];
        _rest = _rest[(length + 1)..];
        return Parse(payload, $"the payload of {name}");
    }

    private JsonElement? ReadLine(string name)
    {
        var end = _rest.Span.IndexOf(NewLine);
        if (!_deviations.Require(end >= 0, $"{_rest.Length} bytes are left over where {name} and a newline belong."))
        {
            return null;
        }

        var line = _rest[..end];
        _rest = _rest[(end + 1)..];
        return Parse(line, name);
    }

    private JsonElement? Parse(ReadOnlyMemory<byte> utf8, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            var value = document.RootElement.Clone();
            var isObject = _deviations.Require(
                value.ValueKind == JsonValueKind.Object, $"{name} must be a JSON object, was {value.Shown()}.");
            return isObject ? value : null;
        }
        catch (JsonException exception)
        {
            _deviations.Add($"{name} is not valid JSON: {exception.Message}");
            return null;
        }
    }
}

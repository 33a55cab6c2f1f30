using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmTracing.SentryExporter.Mapping;

/// <summary>Turns the value of an attribute into one that Sentry takes: a text, a number or a flag.</summary>
internal static class SentryValue
{
    /// <summary>Gives a string, boolean, long, ulong, double or decimal; null for what there is no such value for.</summary>
    /// <param name="value">What the app has set. A list becomes JSON in a string.</param>
    /// <param name="mostCharacters">How long a string may be; what is longer is cut, a list after its last whole item.</param>
    public static object? Of(object? value, int mostCharacters = SentryText.MostCharacters) => value switch
    {
        null => null,
        string text => SentryText.Cut(text, mostCharacters),
        IEnumerable list => ListOf(list, mostCharacters),
        _ => Scalar(value, mostCharacters),
    };

    /// <summary>Writes a value that <see cref="Of"/> gave.</summary>
    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static object? Scalar(object value, int mostCharacters) => value switch
    {
        // Before the integers that they are made of.
        Enum => TextOf(value, mostCharacters),
        bool or long or ulong or decimal => value,
        byte or sbyte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),

        // JSON has no word for NaN and the infinities.
        double number => double.IsFinite(number) ? value : null,

        // By way of decimal digits: 0.1f is 0.1, not 0.10000000149.
        float number => float.IsFinite(number)
            ? double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : null,
        Half number => Half.IsFinite(number) ? (double)number : null,
        DateTimeOffset or DateTime => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        _ => TextOf(value, mostCharacters),
    };

    private static string ListOf(IEnumerable list, int mostCharacters)
    {
        var items = new StringBuilder("[");
        try
        {
            foreach (var item in list)
            {
                var text = JsonOf(item, mostCharacters);
                if (items.Length + text.Length + 2 > mostCharacters)
                {
                    break;
                }

                items.Append(items.Length > 1 ? "," : "").Append(text);
            }
        }
        catch (Exception exception)
        {
            return NotWritten(list, exception);
        }

        return items.Append(']').ToString();
    }

    private static string JsonOf(object? item, int mostCharacters)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, item as string ?? (item is null ? null : Scalar(item, mostCharacters)));
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    // An app's own type may fail to say what it is; that costs its text, not the transaction.
    private static string TextOf(object value, int mostCharacters)
    {
        try
        {
            return SentryText.Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", mostCharacters);
        }
        catch (Exception exception)
        {
            return NotWritten(value, exception);
        }
    }

    private static string NotWritten(object value, Exception exception) =>
        $"[{value.GetType()} could not be written: {exception.GetType()}]";
}

namespace LlmTracing.Middleware.Journal;

/// <summary>The type of an attribute's value in a record.</summary>
internal enum AttributeKind : byte
{
    Text = 1,
    Int = 2,
    Long = 3,
    Double = 4,
    Bool = 5,
    Texts = 6,
    Unsigned = 7,
    Float = 8,
    Decimal = 9,
    Guid = 10,
    Time = 11,
    DateTime = 12,
    Ints = 13,
    Longs = 14,
    Doubles = 15,
    Bools = 16,
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace LlmTracing.Tests.Unit.PublicApi;

/// <summary>Lists the public types of an assembly and their members, a line each, in a stable order.</summary>
internal static class ApiListing
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        var listing = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().Where(IsWritten).OrderBy(NameOf, StringComparer.Ordinal))
        {
            listing.Append(HeadOf(type)).Append('\n');
            foreach (var line in type.GetMembers(Declared).Select(LineOf).OfType<string>().Order(StringComparer.Ordinal))
            {
                listing.Append("  ").Append(line).Append('\n');
            }
        }

        return listing.ToString();
    }

    // Extension blocks leave types of the compiler's own, named like nothing that anyone could write.
    private static bool IsWritten(Type type) => !NameOf(type).Contains('<') || type.IsGenericType && !type.Name.Contains('<');

    private static string HeadOf(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        return $"{kind} {NameOf(type)}";
    }

    private static string? LineOf(MemberInfo member) => member switch
    {
        _ when member.Name.Contains('<') || member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null
            && member is not FieldInfo and not PropertyInfo => null,
        FieldInfo { IsPublic: true } field when !field.IsSpecialName =>
            $"{(field.IsLiteral ? "const" : "field")} {field.Name} : {NameOf(field.FieldType)}{ValueOf(field)}",
        PropertyInfo property when IsVisible(property.GetMethod ?? property.SetMethod!) =>
            $"property {property.Name}{Indexer(property)} : {NameOf(property.PropertyType)} {{{Accessors(property)} }}",
        ConstructorInfo constructor when IsVisible(constructor) => $"constructor({ParametersOf(constructor)})",
        MethodInfo method when IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{(method.IsStatic ? "static " : "")}method {method.Name}{GenericsOf(method)}({ParametersOf(method)}) : {NameOf(method.ReturnType)}",
        _ => null,
    };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily;

    private static string Accessors(PropertyInfo property) =>
        (property.GetMethod is { } get && IsVisible(get) ? " get;" : "") + property.SetMethod switch
        {
            { } set when !IsVisible(set) => "",
            { } set when set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) => " init;",
            { } => " set;",
            null => "",
        };

    private static string Indexer(PropertyInfo property) => property.GetIndexParameters() is { Length: > 0 } parameters
        ? $"[{string.Join(", ", parameters.Select(parameter => NameOf(parameter.ParameterType)))}]"
        : "";

    private static string ValueOf(FieldInfo field) => field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "";

    private static string GenericsOf(MethodInfo method) => method.IsGenericMethod
        ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>"
        : "";

    private static string ParametersOf(MethodBase method) => string.Join(
        ", ",
        method.GetParameters().Select(parameter =>
            $"{NameOf(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? " = …" : "")}"));

    private static string NameOf(Type type) => type switch
    {
        { IsGenericParameter: true } => type.Name,
        { IsArray: true } => NameOf(type.GetElementType()!) + "[]",
        { IsByRef: true } => "ref " + NameOf(type.GetElementType()!),
        { IsGenericType: true } =>
            $"{type.Namespace}.{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>",
        _ => type.FullName ?? type.Name,
    };
}

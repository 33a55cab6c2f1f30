using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace SseChatApi;

/// <summary>Says what is wrong where the app cannot start for a reason that its user can mend.</summary>
internal static class StartProblem
{
    /// <summary>Gives what is wrong and the cure, or null for a failure that is the code's own.</summary>
    public static string? Of(Exception exception) => exception switch
    {
        // A setting that cannot work; each failure names its setting.
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),

        // The server names the address.
        IOException { InnerException: AddressInUseException } taken =>
            $"{taken.Message} End what listens there, or choose another: --urls http://localhost:5081",

        // The server's own words, of an address that it cannot listen at.
        FormatException { Source: "Microsoft.AspNetCore.Http" } or SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            $"The app cannot listen there: {exception.Message} An address is like http://localhost:5080, by Urls or --urls.",
        _ => null,
    };
}

using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.StreamEndings.Soak;

/// <summary>What one stream of the soak is, and how its client leaves it.</summary>
/// <param name="Chunks">How many chunks it has.</param>
/// <param name="WaitMilliseconds">How long the provider waits at most before each.</param>
/// <param name="FailsAt">The chunk before which the provider fails; none where it is beyond the last.</param>
/// <param name="HonoursToken">Whether the provider heeds being cancelled.</param>
/// <param name="Drains">Whether it is read on when its client has left.</param>
/// <param name="IsHttp2">Over which protocol it is read.</param>
/// <param name="LeavesAfter">After how many frames the client leaves; beyond the last it reads to the end.</param>
/// <param name="Breaks">Whether the client leaves as a dropped network does.</param>
internal sealed record SoakPlan(
    int Chunks, int WaitMilliseconds, int FailsAt, bool HonoursToken, bool Drains, bool IsHttp2, int LeavesAfter, bool Breaks)
{
    public string Target =>
        $"/?chunks={Chunks}&wait={WaitMilliseconds}&failsAt={FailsAt}&honours={HonoursToken}&drains={Drains}";

    public static SoakPlan Next(Random random)
    {
        var chunks = random.Next(1, 25);
        return new SoakPlan(
            chunks,
            random.Next(0, 25),
            random.Next(10) == 0 ? random.Next(chunks) : int.MaxValue,
            random.Next(4) != 0,
            random.Next(6) == 0,
            random.Next(3) == 0,
            random.Next(2) == 0 ? random.Next(chunks) : int.MaxValue,
            random.Next(2) == 0);
    }

    public static SoakPlan Of(IQueryCollection query) => new(
        int.Parse(query["chunks"]!, null),
        int.Parse(query["wait"]!, null),
        int.Parse(query["failsAt"]!, null),
        bool.Parse(query["honours"]!),
        bool.Parse(query["drains"]!),
        IsHttp2: false,
        LeavesAfter: 0,
        Breaks: false);
}

// There is one SDK in a process: each host that starts replaces the one before.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

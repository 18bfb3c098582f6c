"""Steps per second of both engines beside other ways to train the same network.

    make bench                       everything, in one interleaved run
    python -m benchmarks --quick     a glance: small samples, nothing kept
    python -m benchmarks.table       the kept results as a table

Each engine lives in a process of its own and they take turns, so that all see the same moods of
the machine and none disturbs another's threads.
"""

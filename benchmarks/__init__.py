"""What is claimed about speed and about what is found, measured.

    make bench                             steps per second beside other engines, in turns
    make bench-proofreading                the mutation study, beside other checkers
    python -m benchmarks.table             the kept record of the first as a table
    python -m benchmarks.accelerator       wide networks on a GPU or TPU
    python -m benchmarks.depth             scanned layers and recomputation
    python -m benchmarks.graphs            2,500 random graphs against autodiff, node by node
    python -m benchmarks.graph_speed       the graph's sweep beside the delta recursion
    python -m benchmarks.modes             forward mode beside reverse mode
    python -m benchmarks.sweep             many models at once beside one after the other
    python -m benchmarks.kills             fifty kills, each resumed
    python -m benchmarks.false_alarms      right derivations of every kind
    python -m benchmarks.mistakes_caught   the catalogue of mistakes
    python -m benchmarks.hidden_faults     mistakes that tame inputs do not show
    python -m benchmarks.library_audit     the rules of public libraries

In ``make bench`` each engine lives in a process of its own and they take turns, so that all see
the same moods of the machine and none disturbs another's threads. Records are kept as JSON in
``benchmarks/results``.
"""

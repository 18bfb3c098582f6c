from benchmarks import sweep
from functional_nn import MLP
from functional_nn.datasets import circles, split


def test_both_ways_are_timed_and_told_as_a_ratio() -> None:
    case = sweep.Case(MLP((2, 3, 2), "tanh"), split(circles(40)), 16, 2)
    found = sweep.measure(case, models=2, rounds=1)
    times = [value[0] for value in found.values() if isinstance(value, list)]
    assert len(times) == 4
    assert min(times) > 0
    slow, fast = found["steps_one_after_the_other"][0], found["steps_at_once"][0]
    row = sweep.table({"cases": [found]}).splitlines()[1]
    assert row.startswith("2 x 2-3-2, batch 16")
    assert row.endswith(f" {slow / fast:.1f}")

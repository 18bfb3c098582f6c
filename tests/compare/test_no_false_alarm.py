"""A right derivation is called right: every activation with every loss, the rest in rotation.

The whole grid, 3,300 derivations, is ``python -m benchmarks.false_alarms``.
"""

from collections import Counter

import pytest

from benchmarks.false_alarms import LIMIT, Outcome, ask, summary
from benchmarks.grid import DTYPES, Cell, cells
from functional_nn import activations, losses

CHOSEN = [
    Cell(activation, loss, 1 + (a + n) % 4, DTYPES[(a + 2 * n) % 3], (a + 3 * n) % 5)
    for n, loss in enumerate(losses)
    for a, activation in enumerate(activations)
]


def test_the_grid_is_large_enough_and_holds_these() -> None:
    grid = set(cells())
    assert len(grid) == len(activations) * len(losses) * 4 * 3 * 5 >= 1500
    assert set(CHOSEN) <= grid
    for value in ("depth", "dtype", "seed"):
        assert {getattr(cell, value) for cell in CHOSEN} == {getattr(cell, value) for cell in grid}


@pytest.mark.parametrize("cell", CHOSEN, ids=str)
def test_no_false_alarm(cell: Cell) -> None:
    outcome = ask(cell)
    assert outcome.agrees, outcome.report
    assert outcome.formula_error < LIMIT


def test_an_alarm_would_be_shown() -> None:
    cell = CHOSEN[0]
    good = Outcome(cell, True, Counter(agrees=3), 1e-15, 1)
    bad = Outcome(cell, False, Counter(wrong=3), 1e-3, 1, "what was said")
    assert good.good
    assert not bad.good
    assert not Outcome(cell, True, Counter(agrees=3), float("nan"), 1).good
    text = summary([good, bad], 1.0)
    assert text.startswith("2 right derivations, 1 false alarms\n")
    assert text.endswith(f"false alarm: {cell}\nwhat was said")

"""Every mistake of the catalogue is caught and placed, in one of its places each.

All of them in all places, with several inputs, is ``python -m benchmarks.mistakes_caught``.
"""

import pytest

from benchmarks.mistakes_caught import NETWORKS, Outcome, Planting, ask, plantings, summary
from compare.mistakes import mistakes

PLACES: dict[str, list[Planting]] = {}
for _planting in plantings(seeds=1):
    PLACES.setdefault(_planting.mistake, []).append(_planting)
#: One place a mistake, as far apart as they come.
CHOSEN = [places[number % len(places)] for number, places in enumerate(PLACES.values())]


def test_the_networks_have_room_for_every_mistake() -> None:
    assert PLACES.keys() == mistakes.keys()
    assert {planting.network for planting in CHOSEN} == NETWORKS.keys()


@pytest.mark.parametrize("planting", CHOSEN, ids=str)
def test_caught_and_placed(planting: Planting) -> None:
    node = mistakes[planting.mistake].node(planting.layer)
    outcome = ask(planting, explained=False)  # the causes have tests of their own
    assert outcome.caught
    assert outcome.said == (f"params{node}" if node.startswith("[") else node)
    assert outcome.placed


def test_a_mistake_that_passes_would_be_shown() -> None:
    planting = Planting("tanh", "factor-two", 2, 0)
    caught = Outcome(planting, True, True, "wrong-constant-factor", True, "z2", 1.0)
    passed = Outcome(planting, False, False, "", False, "", 1.0)
    lines = summary([caught, passed], 2.0).splitlines()
    assert lines[0] == "2 planted mistakes of 1 kinds: 1 caught, first wrong node right in 1"
    assert lines[-1] == "factor-two in layer 2 of 'tanh', seed 0: nothing named for z2"

"""Planted mistakes that must be caught, and placed: the whole catalogue over networks and seeds.

    python -m benchmarks.mistakes_caught             # all, on all cores
    python -m benchmarks.mistakes_caught --seeds 1

Exit code 1 when a mistake passes, or another node than the first wrong one is named.
"""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import machine
from benchmarks.grid import draw
from compare import check_gradient
from compare.mistakes import applicable, mistakes
from functional_nn import MLP

CE, BCE = "softmax_cross_entropy", "binary_cross_entropy"

# Name: network, batch, row weights, precision. Together they have what every mistake needs.
NETWORKS = {
    "tanh": (MLP((5, 4, 3), "tanh"), 6, False, "float32"),
    "one layer": (MLP((4, 3)), 5, False, "bfloat16"),
    "square": (MLP((5, 5, 5, 5), ("tanh", "relu"), l2=0.3), 5, False, "float32"),
    "weighted": (MLP((4, 6, 3), "silu", l2=0.1), 5, True, "bfloat16"),
    "binary": (MLP((3, 4, 4, 2), ("gelu", "gelu_tanh"), loss=BCE), 6, True, "float32"),
    "hinge": (MLP((3, 7, 2), "leaky_relu", loss="hinge"), 5, False, "float32"),
    "values": (
        MLP((4, 5, 2), "softplus", "tanh", "half_squared_error", l2=0.2), 3, False, "float32",
    ),
    "one output": (MLP((4, 5, 1), "elu", "sigmoid", "squared_error"), 6, True, "float32"),
    "deep": (MLP((4, 6, 5, 6, 3), ("sigmoid", "relu", "tanh")), 7, False, "bfloat16"),
}  # fmt: skip


@dataclass(frozen=True)
class Planting:
    """A mistake in a place.

    Attributes:
        network: Name of the network.
        mistake: Id of the mistake.
        layer: Where it is planted.
        seed: Of the inputs.
    """

    network: str
    mistake: str
    layer: int
    seed: int

    def __str__(self) -> str:
        """Return what it is, in words."""
        return f"{self.mistake} in layer {self.layer} of {self.network!r}, seed {self.seed}"


@dataclass(frozen=True)
class Outcome:
    """What was said of a planted mistake.

    Attributes:
        planting: The mistake and its place.
        caught: Whether the derivation was called wrong.
        placed: Whether the first wrong node was named.
        kind: What kind of mistake it was called.
        verified: Whether an edit was found that mends it.
        said: The node that was named instead.
        seconds: How long the check took.
    """

    planting: Planting
    caught: bool
    placed: bool
    kind: str
    verified: bool
    said: str
    seconds: float


def plantings(seeds: int) -> Iterator[Planting]:
    """Yield every mistake of the catalogue in every place where it can show."""
    for name, (mlp, batch, weighted, _) in NETWORKS.items():
        for mistake, layer in applicable(mlp, batch, weighted):
            yield from (Planting(name, mistake.id, layer, seed) for seed in range(seeds))


def ask(planting: Planting) -> Outcome:
    """Have one mistaken derivation checked, just as a user would."""
    mlp, batch, weighted, dtype = NETWORKS[planting.network]
    mistake = mistakes[planting.mistake]
    inputs = draw(mlp, batch, planting.seed, dtype)[: 4 if weighted else 3]
    start = time.perf_counter()
    try:
        report = check_gradient(mlp.loss, mistake.plant(mlp, planting.layer), *inputs)
    except Exception as crash:  # noqa: BLE001 - whatever it is, it is a finding
        said = f"{type(crash).__name__}: {crash}"
        return Outcome(planting, False, False, "", False, said, time.perf_counter() - start)
    said = report.first_wrong.name if report.first_wrong else ""
    return Outcome(
        planting,
        not report.agrees,
        said.removeprefix("params") == mistake.node(planting.layer),
        report.diagnosis.kind if report.diagnosis else "",
        bool(report.diagnosis and report.diagnosis.verified),
        said,
        time.perf_counter() - start,
    )


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the figures."""
    total = len(outcomes)
    called = Counter(each.kind == mistakes[each.planting.mistake].kind for each in outcomes)
    kinds = len({each.planting.mistake for each in outcomes})
    lines = [
        (
            f"{total} planted mistakes of {kinds} kinds: {sum(each.caught for each in outcomes)} "
            f"caught, first wrong node right in {sum(each.placed for each in outcomes)}"
        ),
        (
            f"kind of mistake as in the catalogue in {called[True]}, "
            f"an edit that mends it found in {sum(each.verified for each in outcomes)}"
        ),
        (
            f"{sorted(each.seconds for each in outcomes)[total // 2]:.2f} s a check in the middle, "
            f"{seconds:.0f} s on {machine.threads()} cores"
        ),
    ]
    for each in outcomes:
        if not each.placed:
            wanted = mistakes[each.planting.mistake].node(each.planting.layer)
            lines.append(f"{each.planting}: {each.said or 'nothing'} named for {wanted}")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Ask about all of them."""
    parser = argparse.ArgumentParser("python -m benchmarks.mistakes_caught", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="sets of inputs a mistake (3)")
    parser.add_argument("--jobs", type=int, default=machine.threads(), help="processes (all cores)")
    asked = parser.parse_args(argv)
    chosen, start = list(plantings(asked.seeds)), time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        outcomes = list(pool.imap_unordered(ask, chosen, chunksize=4))
    print(summary(outcomes, time.perf_counter() - start))
    return int(not all(each.placed for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())

"""Every claim could be false: with its numbers spoiled, one by one, no system holds any more."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from compare.gallery import systems
from compare.gallery.herd import BEGINNINGS
from compare.gallery.perceptron import XOR
from compare.gallery.regions import HIDDEN
from compare.gallery.unstable import DEPTHS, SCALES
from tests.compare.gallery.found import found

Spoil = Callable[[Any], Any]


def put(field: str, value: Any) -> Spoil:
    return lambda finding: replace(finding, **{field: value})


def entry(field: str, key: Any, change: Callable[[Any], Any]) -> Spoil:
    """Spoil one entry of a mapping."""
    return lambda finding: replace(
        finding, **{field: {**getattr(finding, field), key: change(getattr(finding, field)[key])}}
    )


def each(field: str, change: Callable[[Any], Any]) -> Spoil:
    """Spoil a field, or every entry of it."""

    def spoiled(finding: Any) -> Any:
        old = getattr(finding, field)
        if isinstance(old, Mapping):
            return replace(finding, **{field: {k: change(v) for k, v in old.items()}})
        return replace(finding, **{field: change(old)})

    return spoiled


def run(key: str, accuracy: float) -> Spoil:
    return entry("runs", key, lambda result: replace(result, test_accuracy=accuracy))


NONE, FOUR, TWO = HIDDEN

#: By system: what its numbers become, were each part of its claim false.
SPOILED: dict[str, list[Spoil]] = {
    "transform": [each("right", lambda share: 0.9), each("right", lambda share: 0.6)],
    "regressions": [
        entry("distance", "linear", lambda far: far + 1e-3),
        entry("likelihood", "logistic", lambda J: -J),
        put("same_class", False),
        put("one_layer", 1e-3),
    ],
    "notations": [
        entry("apart", "L0", lambda far: far + 1e-9),
        entry("apart", "L2", lambda far: far + 1e-9),
        each("loss", lambda loss: loss[::-1]),
    ],
    "dag": [
        each("pairs", lambda pairs: pairs * np.array([[1.0], [-1.0]])),
        entry("numeric", "x", lambda partial: partial + 0.1),
    ],
    "playground": [put("right", (0.9, 0.99)), put("right", (0.5, 0.6))],
    "perceptron": [
        entry("mistakes", XOR, lambda mistakes: 0 * mistakes),
        each("mistakes", lambda mistakes: mistakes + 1),
        put("right", 3),
    ],
    "choices": [
        each("right", lambda starts: {k: 0 * v + 0.99 for k, v in starts.items()}),
        each("right", lambda starts: {k: 0 * v + 0.6 for k, v in starts.items()}),
    ],
    "cases": [
        each("by_autodiff", lambda values: {k: np.asarray(v + 1e-6) for k, v in values.items()}),
        each("as_printed", lambda values: {k: np.asarray(-v) for k, v in values.items()}),
    ],
    "estimates": [
        each("spread", lambda spread: 1e-6),
        each("ours", lambda weights: weights * np.array([1.0, 3.0, 1.0])),
    ],
    "surfaces": [
        lambda f: replace(f, slope=dict.fromkeys(f.slope, f.slope["quadratic"])),
        lambda f: replace(f, slope=dict(zip(f.slope, reversed(f.slope.values()), strict=True))),
    ],
    "regions": [
        put("bend", 0.1),
        entry("right", ("disc", NONE), lambda share: 0.9),
        entry("right", ("disc", FOUR), lambda share: 0.9),
        entry("inside", ("disc", FOUR), lambda share: 0.9),
        entry("right", ("two discs", TWO), lambda share: 0.9),
        entry("inside", ("two discs", TWO), lambda share: 1.0),
    ],
    "deep-activations": [
        entry("test", ("sigmoid", 1), lambda share: 0.5),
        entry("test", ("tanh", 6), lambda share: 0.5),
        entry("test", ("sigmoid", 6), lambda share: 0.9),
        entry("ratio", ("sigmoid", 6), lambda ratio: 1.0),
    ],
    "modes": [
        put("apart", 0.1),
        lambda f: replace(f, inputs=dict(zip(f.inputs, reversed(f.inputs.values()), strict=True))),
        lambda f: replace(f, outputs=f.inputs),
    ],
    "learning-rates": [
        each("losses", lambda losses: losses[::-1] * 0 + 1.0),  # no rate is better
        each("losses", lambda losses: np.sort(losses, axis=0)),  # the smallest rate is best
        each("turning", lambda share: 0 * share),  # nothing swings
        entry("turning", "rmsprop", lambda share: share / 10),
        entry("turning", "adam", lambda share: share + 0.3),
    ],
    "noise": [
        entry("found", "all rows", lambda share: 0.1),
        entry("found", "one row at a time", lambda share: 0.4),
        entry("found", "noise on the data", lambda share: 0.4),
        entry("found", "noise on the weights", lambda share: 0.4),
        lambda f: replace(f, floors=f.floors[::-1]),
    ],
    "unstable": [
        *(
            entry("sizes", (curve, DEPTHS[-1], scale), lambda sizes: 0 * sizes + 1.0)
            for curve, scale in (
                *(("sigmoid", scale) for scale in SCALES[:3]),
                *(("tanh", SCALES[0]), ("relu", SCALES[0])),
                *(("tanh", SCALES[-1]), ("relu", SCALES[-1])),
            )
        ),
        entry("sizes", ("relu", DEPTHS[-1], SCALES[2]), lambda s: np.geomspace(1e-5, 1, len(s))),
        each("expected", lambda sizes: np.geomspace(1e9, 1, len(sizes)) * sizes),
    ],
    "herd": [
        put("one_unit", 0.1),
        entry("right", BEGINNINGS[0], lambda share: 0 * share + 0.99),
        entry("right", BEGINNINGS[1], lambda share: 0 * share + 0.6),
        entry("weights", BEGINNINGS[0], lambda w: w + 1e-7 * np.arange(w.shape[-1])),
        entry("weights", BEGINNINGS[2], lambda w: 0 * w),
    ],
    "linear-net": [
        each("collapsed", lambda far: far + 1e-9),
        entry("fitted", "tanh", lambda left: 0 * left),
    ],
    "recipe": [put("accuracy", 0.5)],
    "mixed": [put("worst", 1e-6), put("printed", 1e-6), put("accuracy", 0.5)],
    "splits": [
        each("complete", lambda whole: False),
        each("counts", lambda count: count + np.array([[1], [0], [0]])),
        each("counts", lambda count: count + 5 * np.resize([1, -1], count.shape[1])),
    ],
    "threshold": [
        put("same", False),
        put("at_a_half", 0),
        put("auc", 0.5),
        each("p", lambda p: 1 - p),
    ],
    "zeros-and-ones": [run("manual", 0.9), run("autodiff", 0.9)],
    "neurons": [
        put("block", 0.1),
        put("sums", 0.1),
        each("right", lambda share: 0.5),
    ],
    "locality": [
        each("reused", lambda calls: calls**2),
        each("repeated", lambda calls: np.arange(1.0, len(calls) + 1)),
        put("apart", 1e-6),
        put("alone", 1e-6),
    ],
    "minima": [
        entry("left", "narrow", lambda ends: 0 * ends + 1.0),
        entry("left", "wide", lambda ends: np.linspace(0, 1, len(ends))),
        entry("apart", "wide", lambda far: 0.0),
        each("between", lambda line: 0 * line + 1.0),
    ],
    "multiply": [put("numeric", 1e-3), put("table", 1e-3), put("stale", 0.0)],
}


def test_every_system_is_spoiled() -> None:
    assert set(SPOILED) == set(systems)


CASES = [
    pytest.param(name, k, id=f"{name}-{k}") for name in systems for k in range(len(SPOILED[name]))
]


@pytest.mark.parametrize(("name", "number"), CASES)
def test_a_spoiled_finding_does_not_hold(name: str, number: int) -> None:
    finding = found(name)
    assert finding.holds
    assert not SPOILED[name][number](finding).holds

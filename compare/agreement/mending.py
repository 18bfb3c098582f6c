"""Put a wrong derivation before the search for its repair."""

from collections.abc import Sequence

import numpy as np

from compare.agreement.formula import Sight
from compare.agreement.probes import nearby
from compare.agreement.question import Question
from compare.agreement.witnesses import Arrays, Witnesses
from compare.repair import Repair, repair

#: How many fresh inputs an edit has to hold at, and how far from the caller's they lie.
FRESH, FAR = 2, 0.3


def mend(
    question: Question,
    exact: Witnesses,
    inputs: Arrays,
    sight: Sight,
    culprits: Sequence[int],
    right: Sequence[int],
    rng: np.random.Generator,
) -> list[Repair]:
    """Return the repairs of a derivation, one a mistake.

    Args:
        question: What was asked.
        exact: The witnesses in float64.
        inputs: The caller's inputs.
        sight: Both sides there.
        culprits: Nodes that are wrong by their own mistake, nearest the loss first.
        right: Nodes whose own step is right.
        rng: For the fresh inputs.
    """
    points, references, allowances = [inputs], [sight.reference], [sight.allowance]
    for _ in range(FRESH):
        point = nearby(inputs, exact.differentiated, FAR, rng)
        reference = exact.by_autodiff(point)
        if all(np.isfinite(array).all() for array in reference):
            points.append(point)
            references.append(reference)
            allowances.append([np.zeros(array.shape) for array in reference])
    return repair(
        exact.hand,
        points,
        references,
        allowances,
        culprits,
        right,
        question.arguments.names,
        _factors(question),
        exact.intermediates(inputs),
    )


def _factors(question: Question) -> dict[str, float]:
    """Return constants worth trying, named: 2, 1/2, and the axis lengths of the arguments."""
    found = {"2": 2.0, "0.5": 0.5, "3": 3.0, "1/3": 1 / 3, "4": 4.0, "1/4": 0.25}
    arguments = question.arguments
    for name, value in zip(arguments.names, arguments.values, strict=True):
        for axis, length in enumerate(value.shape):
            if length > 1:
                found.setdefault(f"{name}.shape[{axis}]", float(length))
                found.setdefault(f"1/{name}.shape[{axis}]", 1.0 / length)
    unique: dict[float, str] = {}
    for name, factor in found.items():
        unique.setdefault(factor, name)
    return {name: factor for factor, name in unique.items()}

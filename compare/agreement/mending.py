"""Put a wrong derivation before the search for its repair."""

import warnings
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from compare.agreement.formula import Sight
from compare.agreement.masks import other_masks
from compare.agreement.others import with_allowances
from compare.agreement.probes import afresh
from compare.agreement.question import Question
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program import run
from compare.program.watch import watch
from compare.repair import Repair, repair

#: How far from the caller's the fresh inputs lie at which an edit has to hold: the last so far that
#: signs turn, where the functions allow it.
FAR = (0.3, 0.3, 1.5)


def mend(
    question: Question,
    exact: Witnesses,
    inputs: Arrays,
    sight: Sight,
    culprits: Sequence[int],
    right: Sequence[int],
    rng: np.random.Generator,
    budget: float | None = None,
    others: Sequence[Arrays] = (),
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
        budget: Seconds of computing that the search may take.
        others: Further inputs that an edit has to hold at.
    """
    assert exact.reference is not None
    points, references, allowances = [inputs], [sight.reference], [sight.allowance]
    for number, distance in enumerate(FAR):
        point = afresh(inputs, exact.differentiated, distance, rng)
        if number == 1:
            point = other_masks(point, exact.differentiated, rng)
        reference = exact.by_autodiff(point)
        if all(np.isfinite(array).all() for array in reference):
            points.append(point)
            references.append(reference)
            allowances.append([np.zeros(array.shape) for array in reference])
    for point, reference, allowance in with_allowances(exact, others, rng):
        points.append(point)
        references.append(reference)
        allowances.append(allowance)
    try:
        watched = watch(lambda *values: _flat(question, exact, values), *map(jnp.asarray, inputs))
    except Exception:  # noqa: BLE001  it ran before, but may insist on its own precision
        return []
    forward = run(exact.loss, inputs, also=list(exact.loss.writer))
    about = points, references, allowances, culprits, right, exact.reference, forward
    try:
        return repair(watched, *about, budget)
    except Exception as error:  # noqa: BLE001  what is wrong is known, and is not to be lost
        warnings.warn(
            f"the search for the cause broke off ({type(error).__name__}: {error}); "
            "please report it, with the derivation",
            RuntimeWarning,
            stacklevel=2,
        )
        return []


def _flat(question: Question, exact: Witnesses, values: Sequence[Any]) -> list[Any]:
    return question.flatten(exact.form, question.gradient_of(*values))

"""What a pass at these inputs is worth."""

from collections.abc import Sequence

import numpy as np

from compare.agreement.formula import Sight
from compare.agreement.measures import is_symmetric, scale_of
from compare.agreement.question import Question
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program import Program, run
from compare.report import Branch, Coverage


def cover(
    question: Question,
    witnesses: Witnesses,
    inputs: Arrays,
    sight: Sight,
    tried: Sequence[Arrays] = (),
) -> Coverage:
    """Return floors, branches and weak probes of a comparison.

    Args:
        question: What was asked.
        witnesses: In float64.
        inputs: The caller's inputs.
        sight: Both sides there.
        tried: All inputs that were tried, the caller's among them.
    """
    points, forward = tried or [inputs], witnesses.on_paper
    assert forward is not None
    return Coverage(
        floors=_floors(witnesses, sight),
        branches=(
            *_branches(forward, points, "forward"),
            *_branches(witnesses.hand, points, "hand"),
        ),
        probes=len(points),
        warnings=tuple(_weak_probes(question, witnesses, inputs, sight)),
    )


def _floors(witnesses: Witnesses, sight: Sight) -> dict[str, float]:
    """Return the smallest fault, relative to each node's largest element, that shows."""
    floors = {}
    for k in witnesses.comparable:
        subject, reference, allowance = (
            witnesses.subjects[k],
            sight.reference[k],
            sight.allowance[k],
        )
        scale = scale_of(reference)
        if scale and not sight.vanishes(k):
            floors[subject.name] = float(allowance.max()) / scale
    return floors


def _branches(program: Program, points: Sequence[Arrays], side: str) -> list[Branch]:
    """Return the ``where``s of a program and how often each condition held, over all points."""
    choices = [
        equation
        for equation in program.equations
        if equation.primitive == "select_n"
        and equation.place is not None
        and program.types[equation.inputs[0]].dtype == bool
    ]
    if not choices:
        return []
    shares: dict[tuple[str, int], list[float]] = {}
    codes: dict[tuple[str, int], str] = {}
    asked = [equation.inputs[0] for equation in choices]
    for inputs in points:
        with np.errstate(all="ignore"):
            conditions = run(program, inputs, also=asked)[len(program.outputs) :]
        for equation, condition in zip(choices, conditions, strict=True):
            place = equation.place
            assert place is not None
            codes[place.file, place.line] = place.code
            share = float(np.mean(np.asarray(condition)))
            shares.setdefault((place.file, place.line), []).append(share)
    return [
        Branch(file, line, codes[file, line], float(np.mean(found)), side)
        for (file, line), found in shares.items()
    ]


def _weak_probes(
    question: Question, witnesses: Witnesses, inputs: Arrays, sight: Sight
) -> list[str]:
    warnings = []
    arguments = question.arguments
    values = dict(zip(arguments.names, inputs, strict=True))
    for k in witnesses.comparable:
        subject, reference = witnesses.subjects[k], sight.reference[k]
        if subject.kind != "value" and reference.size and sight.vanishes(k):
            warnings.append(
                f"the gradient of {subject.name} is zero in every element: a missing factor "
                "would not show"
            )
        elif subject.kind == "intermediate" and reference.ndim == 2:
            dead = np.flatnonzero(~reference.any(axis=0))
            if dead.size:
                units = ", ".join(map(str, dead[:5])) + (", ..." if dead.size > 5 else "")
                warnings.append(
                    f"no row sends a gradient to unit {units} of {subject.name}: dead or saturated"
                )
        value = values.get(subject.name)
        if value is not None and is_symmetric(value):
            warnings.append(f"{subject.name} is symmetric: a missing transpose would not show")
    for position, (name, value) in enumerate(zip(arguments.names, inputs, strict=True)):
        if position not in arguments.differentiated and value.ndim >= 2 and value.shape[0] == 1:
            warnings.append(f"{name} has one row: sum and mean over rows are the same there")
    return warnings

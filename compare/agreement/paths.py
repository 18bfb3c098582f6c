"""Which of the ways from an argument to the loss a derivation left out.

What is used in several places collects a gradient from each of them. Autodiff adds these up; where
just one of its summands is missing, or taken with another sign, the place of its use is known.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from compare.agreement.residual import Pattern, same
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program import run
from compare.program.program import Program, Value
from compare.repair.source import text_at

#: What the hand has of a summand, the kind of mistake that is, and how it is told.
_SHARES = (
    (0.0, "missing-term", "is left out"),
    (-1.0, "wrong-sign", "has the wrong sign"),
    (2.0, "wrong-constant-factor", "counts twice"),
    (0.5, "wrong-constant-factor", "counts half"),
)


def with_path(seen: Pattern, exact: Witnesses, inputs: Arrays, hand: np.ndarray, k: int) -> Pattern:
    """Return a pattern with the one path named that explains the difference, if one does.

    Args:
        seen: What the difference looks like.
        exact: The witnesses in float64.
        inputs: The caller's inputs.
        hand: The derivation's value of the node, each step fed from autodiff.
        k: The node.
    """
    program = exact.reference
    if program is None or exact.subjects[k].kind != "parameter":
        return seen
    whole = program.outputs[k + (not exact.form.has_value)]
    summands = [*_summands(program, whole)]
    if len(summands) < 2:
        return seen
    reference, *parts = run(program, inputs, also=[whole, *summands])[len(program.outputs) :]
    for value, part in zip(summands, parts, strict=True):
        for share, kind, told in _SHARES:
            if part.any() and same(hand, reference - (1.0 - share) * part):
                text = _use(program, value)
                evidence = f"{seen.evidence}; what reaches it through {text} {told}"
                return replace(seen, kind=kind, evidence=evidence) if text else seen
    return seen


def _summands(program: Program, value: Value) -> Iterator[Value]:
    """Yield the gradients that autodiff adds up to a value."""
    position = program.writer.get(value)
    if position is not None and program.equations[position].primitive == "add_any":
        for part in program.equations[position].inputs:
            yield from _summands(program, part)
    else:
        yield value


def _use(program: Program, value: Value) -> str:
    """Return the source text of the use that a gradient comes from, with its line; "" unknown."""
    position = program.writer.get(value)
    place = None if position is None else program.equations[position].place
    text = text_at(place.file, place.line, *place.columns) if place else ""
    return f"`{text}` (line {place.line})" if place and text else ""

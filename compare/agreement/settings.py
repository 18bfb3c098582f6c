"""A question in other settings: with more of its inputs to vary, and in other shapes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import jax.numpy as jnp

from compare.agreement.arguments import widened
from compare.agreement.errors import DerivationError, GradientStructureError
from compare.agreement.evidence import in_float64
from compare.agreement.question import Question
from compare.agreement.shapes import other_shapes
from compare.agreement.witnesses import Witnesses, summon

#: How many other shapes are tried, and how many points in all but the first of them.
SHAPES, FEW, MANY = 4, 8, 10**6
#: What is said of the caller's own inputs.
AS_GIVEN = "as given"
#: What a program may raise on inputs that it was not made for.
FAILURES = (TypeError, ValueError, ArithmeticError, RuntimeError, LookupError)


class Setting(NamedTuple):
    """The question with inputs that can be varied, in the caller's shapes or in others.

    Attributes:
        question: What is asked.
        exact: Its witnesses.
        why: What is special about the shapes; empty for the caller's.
        most: How many points are tried.
    """

    question: Question
    exact: Witnesses
    why: str = ""
    most: int = MANY

    def told(self, why: str) -> str:
        """Say what is special about a point."""
        return why if not self.why else self.why if why == AS_GIVEN else f"{self.why}, {why}"


def settings(question: Question, exact: Witnesses) -> Iterator[Setting]:
    """Yield the question with as many inputs as can be varied, then in other shapes."""
    asked, witnesses = _widened(question) or (question, exact)
    yield Setting(asked, witnesses)
    tries, most = SHAPES, MANY
    for leaves, why in other_shapes(asked.arguments):
        try:
            found = _widened(question.with_leaves(leaves), always=True)
        except (DerivationError, GradientStructureError, *FAILURES):
            continue
        if found is not None:
            yield Setting(*found, why, most)
            tries, most = tries - 1, FEW
        if not tries:
            return


def _widened(question: Question, always: bool = False) -> tuple[Question, Witnesses] | None:
    """Return the question with masks, labels and plain numbers among its inputs, if it can be."""
    for numbers in (True, False):
        arguments = widened(question.arguments, numbers)
        if len(arguments.inputs) == len(question.arguments.inputs) and not always:
            return None
        asked = replace(question, arguments=arguments)
        witnesses = _summoned(asked)
        if witnesses is not None:
            return asked, witnesses
    return None


def _summoned(question: Question) -> Witnesses | None:
    """Return witnesses, or None when the functions do not take such inputs."""
    values = [jnp.asarray(value) for value in in_float64(question.arguments.values)]
    try:
        return summon(question, values, exact=True)
    except (DerivationError, GradientStructureError, *FAILURES):
        return None

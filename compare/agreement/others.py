"""Further inputs that a repair has to hold at: the caller's own, and wilder ones.

Where a mistake was found the inputs were made small, so that many an edit is right there only: at
an exponent of one, at the one bound that was tried.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from compare.agreement.formula import look
from compare.agreement.inside import Domain
from compare.agreement.question import Question
from compare.agreement.witnesses import Arrays, Witnesses
from compare.probing import Field, fields_of, wild

#: Wild points; and where the caller's own inputs show the mistake.
WILD, FEWER = 4, 2


def others(
    domain: Domain, fields: Sequence[Field], inputs: Arrays, rng: np.random.Generator
) -> list[Arrays]:
    """Return the caller's inputs, also with other numbers, and telling ones with wilder arrays.

    Args:
        domain: What the loss is made for.
        fields: The inputs with the caller's values.
        inputs: They show the mistake.
        rng: For the draws.
    """
    own = [[field.value for field in fields], *_with_other_numbers(fields, rng)]
    drawn = [*own, *(_wild(fields, inputs, rng) for _ in range(WILD))]
    return [point for point in drawn if _inside(domain, point)]


def wilder(
    question: Question, exact: Witnesses, inputs: Arrays, rng: np.random.Generator
) -> list[Arrays]:
    """Return a few wild points around inputs that the caller gave.

    An edit that is right only nearby, at small numbers say, is not right there.
    """
    assert exact.reference is not None
    arguments = question.arguments
    fields = fields_of(
        arguments.names, inputs, arguments.differentiated, exact.reference, exact.loss
    )
    domain = Domain(exact, inputs)
    drawn = [_wild(fields, inputs, rng) for _ in range(FEWER)]
    with np.errstate(all="ignore"):
        return [point for point in drawn if _inside(domain, point)]


def _with_other_numbers(
    fields: Sequence[Field], rng: np.random.Generator
) -> Iterator[list[np.ndarray]]:
    numbers = [field.kind == "free" and field.is_number for field in fields]
    if any(numbers):
        yield [
            field.fit(field.value * rng.uniform(1.1, 1.9)) if number else field.value
            for field, number in zip(fields, numbers, strict=True)
        ]


def _wild(fields: Sequence[Field], inputs: Arrays, rng: np.random.Generator) -> list[np.ndarray]:
    return [
        field.fit(wild(field, rng)) if field.kind == "free" and not field.is_number else value
        for field, value in zip(fields, inputs, strict=True)
    ]


def _inside(domain: Domain, point: Arrays) -> bool:
    exact = domain.exact
    with np.errstate(all="ignore"):
        both = (*exact.by_autodiff(point), *exact.by_hand(point))
    return all(np.isfinite(array).all() for array in both) and domain.has(point)


def with_allowances(
    exact: Witnesses, points: Sequence[Arrays], rng: np.random.Generator
) -> Iterator[tuple[Arrays, Arrays, Arrays]]:
    """Yield each point with autodiff's results there, and what rounding may do to them."""
    for point in points:
        with np.errstate(all="ignore"):
            sight = look(exact, point, rng, shakes=1)
        yield point, sight.reference, sight.allowance

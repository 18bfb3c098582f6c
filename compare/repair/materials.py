"""Edits that bring a value of the program into an expression: another operand, a factor, a term.

What is brought in is a value the derivation or the forward pass already has, or a common slope
formula of one: ``1 - v²``, ``v (1 - v)``, ``e^v``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compare.program import Equation, Program
from compare.program.program import Value
from compare.program.run import step
from compare.repair.bench import Override, Point
from compare.repair.edits import Edit
from compare.repair.sites import Site

#: Common slopes, with the text that stands for them.
_SLOPES: Mapping[str, Callable[[Any], Any]] = {
    "(1 - {v}**2)": lambda v: 1 - v * v,
    "{v} * (1 - {v})": lambda v: v * (1 - v),
    "({v} > 0)": lambda v: (v > 0).astype(v.dtype),
    "jnp.exp({v})": np.exp,
    "jnp.cos({v})": np.cos,
    "jnp.sin({v})": np.sin,
    "(1 - {v})": lambda v: 1 - v,
    "2 * {v}": lambda v: 2 * v,
    "{v}**2": np.square,
    "jax.nn.sigmoid({v})": lambda v: 1 / (1 + np.exp(-v)),
    "(1 - jnp.tanh({v})**2)": lambda v: 1 - np.tanh(v) ** 2,
    "jnp.sqrt({v})": np.sqrt,
}


#: Steps that JAX puts in by itself; the author wrote none of them.
_IMPLICIT = frozenset(
    {"convert_element_type", "broadcast_in_dim", "copy", "stop_gradient", "reshape", "squeeze"}
)


@dataclass(frozen=True, eq=False)
class Material:
    """A value that can be brought into an expression.

    Attributes:
        value: Its number in the program.
        name: How the source calls it.
        of: Its content at a point.
        formula: What is made of it; "{v}" for itself.
    """

    value: Value
    name: str
    formula: str

    @property
    def text(self) -> str:
        """How it is written."""
        return self.formula.format(v=self.name)

    def at(self, point: Point) -> Any:
        """Return it at a point, as the equations after it see it."""
        content = point.seen[self.value]
        return content if self.formula == "{v}" else _SLOPES[self.formula](content)


def materials(
    program: Program, point: Point, names: Mapping[Value, str], slopes: bool
) -> list[Material]:
    """Return the values worth bringing in: floats, each content once, best-named first."""
    found: dict[tuple[Any, ...], Material] = {}
    ordered = sorted(point.seen, key=lambda value: (value not in names, value))
    for value in ordered:
        content = point.seen[value]
        if value in program.literals or not isinstance(content, (np.ndarray, np.generic)):
            continue
        if content.dtype.kind != "f" or not np.isfinite(content).all():
            continue
        if content.size > 1 and np.ptp(content) == 0:
            continue
        mark = (content.shape, float(np.sum(content)), float(np.sum(np.square(content))))
        found.setdefault(mark, Material(value, names.get(value, ""), "{v}"))
    plain = [material for material in found.values() if material.name]
    if not slopes:
        return plain
    with np.errstate(all="ignore"):
        return [
            Material(material.value, material.name, formula)
            for material in plain
            for formula in _SLOPES
            if np.isfinite(_SLOPES[formula](point.seen[material.value])).all()
        ]


def bringing_in(
    program: Program, site: Site, stock: Sequence[Material], after: frozenset[Value]
) -> Iterator[Edit]:
    """Yield the edits of one equation with a value from the stock.

    Args:
        program: The derivation.
        site: An expression that runs once.
        stock: What may be brought in.
        after: Values computed from this expression; they cannot go into it.
    """
    equation = program.equations[site.positions[0]]
    if len(equation.outputs) != 1 or equation.primitive in _IMPLICIT:
        return
    shape = program.types[equation.outputs[0]].shape
    for material in stock:
        if material.value in after:
            continue
        have = program.types[material.value].shape
        dearer = 0.002 * len(material.text) + (0.0 if material.formula == "{v}" else 0.4)
        for k, operand in enumerate(equation.inputs):
            same = material.formula == "{v}" and operand == material.value
            if program.types[operand].shape == have and not same:
                yield _borrow(equation, site, material, "replace", k, 1.5 + 2 * dearer)
        if (fitted := _fits(have, shape)) is not None:
            yield _borrow(equation, site, material, "multiply", fitted, 2.4 + dearer)
            yield _borrow(equation, site, material, "divide", fitted, 2.6 + dearer)
            if have == shape:
                yield _borrow(equation, site, material, "add", fitted, 2.8 + dearer)
                yield _borrow(equation, site, material, "subtract", fitted, 2.8 + dearer)


def _borrow(
    equation: Equation, site: Site, material: Material, how: str, slot: int, cost: float
) -> Edit:
    """Return an edit that brings a material in; ``slot``: the operand, or the axes to append."""

    def override(position: int, point: Point) -> Override:
        content = material.at(point)
        if how == "replace":
            return lambda operands: step(
                equation, [content if k == slot else o for k, o in enumerate(operands)]
            )
        grown = content.reshape(*content.shape, *(1,) * slot)
        return lambda operands: [_COMBINE[how](step(equation, operands)[0], grown)]

    kind = _KINDS[how]
    if how == "replace" and material.formula != "{v}":
        kind = "wrong-activation-derivative"
    return Edit(site, kind, how, {"text": material.text, "slot": slot}, cost, override)


def _fits(have: tuple[int, ...], shape: tuple[int, ...]) -> int | None:
    """Return how many axes to append so that a value broadcasts against a result; None if never."""
    for extra in (0, 1):
        grown = (*have, *(1,) * extra)
        try:
            if np.broadcast_shapes(grown, shape) == shape:
                return extra
        except ValueError:
            continue
    return None


_KINDS = {
    "replace": "wrong-saved-value",
    "multiply": "missing-factor",
    "divide": "missing-factor",
    "add": "missing-term",
    "subtract": "missing-term",
}
_COMBINE: Mapping[str, Callable[[Any, Any], Any]] = {
    "multiply": lambda result, value: result * value,
    "divide": lambda result, value: result / value,
    "add": lambda result, value: result + value,
    "subtract": lambda result, value: result - value,
}

"""A traced function: inputs, equations in order, outputs; inner jits are written out."""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.extend import core

from compare.program.place import Place
from compare.program.widening import EPS

#: A value of a program is known by its number: every one is written once.
Value = int


@dataclass(frozen=True, eq=False)
class Equation:
    """One application of a primitive.

    Attributes:
        primitive: Its name: "dot_general", "mul", ...
        params: Its static parameters.
        inputs: The values it reads, literals included, in the order ``function`` takes them.
        outputs: The values it writes.
        function: Runs it: takes the inputs, returns a list of outputs.
        place: Where it was written, if known.
        derived: JAX's differentiation wrote it, not the author.
        rounding: One rounding of the narrowest float that it was traced with, relative.
        plain: The body of a function with a derivative rule of its own, without the rule.
    """

    primitive: str
    params: Mapping[str, Any]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    function: Callable[..., list[jax.Array]]
    place: Place | None
    derived: bool = False
    rounding: float = EPS
    plain: "Program | None" = None

    @property
    def name(self) -> str | None:
        """The name that the author gave the value with ``checkpoint_name``, if this does so."""
        return self.params["name"] if self.primitive == "name" else None


@dataclass(frozen=True, eq=False)
class Program:
    """A traced function.

    Attributes:
        inputs: Its arguments, flattened.
        constants: Values that it closed over.
        equations: In the order of the trace.
        outputs: Its results, flattened.
        types: Shape and dtype of every value.
        literals: Those of the constants that were written as numbers in the source.
        named: The values that the author named with ``checkpoint_name``, by name, in order.
        rounded: Those of the constants that came in a narrow float, with one rounding of it.
        searched: The values that ``searchsorted`` looks into: they have to be in order.
    """

    inputs: tuple[Value, ...]
    constants: Mapping[Value, Any]
    equations: tuple[Equation, ...]
    outputs: tuple[Value, ...]
    types: Mapping[Value, jax.ShapeDtypeStruct]
    literals: frozenset[Value]
    named: Mapping[str, tuple[Value, ...]]
    rounded: Mapping[Value, float]
    searched: frozenset[Value] = frozenset()

    @functools.cached_property
    def writer(self) -> Mapping[Value, int]:
        """The position of the equation that writes each value."""
        return {
            value: position
            for position, equation in enumerate(self.equations)
            for value in equation.outputs
        }

    @functools.cached_property
    def constants_on_host(self) -> Mapping[Value, Any]:
        """The constants as NumPy arrays."""
        return {value: on_host(content) for value, content in self.constants.items()}

    @functools.cached_property
    def last_read(self) -> Mapping[int, tuple[Value, ...]]:
        """For each equation the values that no later one reads; they can be forgotten there."""
        last: dict[Value, int] = {}
        for position, equation in enumerate(self.equations):
            last.update(dict.fromkeys(equation.inputs, position))
        found: dict[int, list[Value]] = {}
        for value, position in last.items():
            found.setdefault(position, []).append(value)
        return {position: tuple(values) for position, values in found.items()}

    def first_use(self, value: Value) -> int:
        """Return the position of the first equation that reads a value; -1 if none does."""
        for position, equation in enumerate(self.equations):
            if value in equation.inputs:
                return position
        return -1

    def feeding(self, values: Iterable[Value]) -> frozenset[Value]:
        """Return every value that the given ones are computed from, themselves included."""
        found: set[Value] = set()
        todo = list(values)
        while todo:
            value = todo.pop()
            if value not in found:
                found.add(value)
                if value in self.writer:
                    todo.extend(self.equations[self.writer[value]].inputs)
        return frozenset(found)

    def fed_by(self, values: Iterable[Value]) -> frozenset[Value]:
        """Return every value that is computed from one of the given ones, themselves included."""
        found = set(values)
        for equation in self.equations:
            if not found.isdisjoint(equation.inputs):
                found.update(equation.outputs)
        return frozenset(found)

    def narrowest(self) -> Equation | None:
        """Return the equation that was traced with the narrowest float; None when there is none."""
        return max(self.equations, key=lambda equation: equation.rounding, default=None)


def function_of(jaxpr: core.Jaxpr, equation: core.JaxprEqn) -> Callable[..., list[jax.Array]]:
    """Return a function of all operands that runs a single equation of ``jaxpr``.

    Literals stay inside the equation; what is passed for them is not looked at.
    """
    positions = {
        atom: k for k, atom in enumerate(equation.invars) if not isinstance(atom, core.Literal)
    }
    alone = jaxpr.replace(
        eqns=[equation],
        invars=list(positions),
        outvars=list(equation.outvars),
        constvars=[],
        effects=equation.effects,
    )
    alone_function = core.jaxpr_as_fun(core.ClosedJaxpr(alone, []))

    def function(*operands: Any) -> list[jax.Array]:
        results: list[jax.Array] = alone_function(*(operands[k] for k in positions.values()))
        return results

    return function


def on_host(content: Any) -> Any:
    """Return a concrete JAX array as NumPy's; keys and whatever is no array as they are."""
    if not isinstance(content, jax.Array) or isinstance(content, jax.core.Tracer):
        return content
    if jax.numpy.issubdtype(content.dtype, jax.dtypes.prng_key):
        return content
    return np.asarray(content)

"""Trace a function into a ``Program``, writing out the jits inside it."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import jax
from jax.extend import core

from compare.program.place import Place, place_of
from compare.program.program import Equation, Program, Value, function_of, variables

#: Primitives that only call a body; it is written out in their place.
_CALLS = frozenset({"jit", "pjit", "closed_call", "core_call", "checkpoint", "remat", "remat2"})


def with_float64() -> AbstractContextManager[Any]:
    """Return a context in which JAX has float64 and computes on the CPU.

    Promotion is JAX's standard there: a function that closes over float32 arrays meets float64
    arguments, which strict promotion would refuse.
    """
    stack = ExitStack()
    stack.enter_context(jax.enable_x64(True))
    stack.enter_context(jax.numpy_dtype_promotion("standard"))
    stack.enter_context(jax.default_device(jax.devices("cpu")[0]))
    return stack


def trace(function: Callable[..., Any], *arguments: jax.Array) -> tuple[Program, Any]:
    """Return the program of ``function`` at arguments like these, and the shape of its result.

    Args:
        function: Takes arrays and returns a pytree.
        arguments: Arrays; only their shapes and dtypes matter.

    Returns:
        The program, and a pytree of ``jax.ShapeDtypeStruct`` like the function's result.
    """
    closed, result = jax.make_jaxpr(function, return_shape=True)(*arguments)
    writer = _Writer()
    inputs = [writer.number(var.aval) for var in closed.jaxpr.invars]
    outputs = writer.write(closed.jaxpr, closed.consts, inputs, None)
    program = Program(
        inputs=tuple(inputs),
        constants=writer.constants,
        equations=tuple(writer.equations),
        outputs=tuple(outputs),
        types=writer.types,
    )
    return program, result


class _Writer:
    """Numbers the values and collects the equations while the trace is read."""

    def __init__(self) -> None:
        self.equations: list[Equation] = []
        self.constants: dict[Value, Any] = {}
        self.types: dict[Value, jax.ShapeDtypeStruct] = {}
        self._numbers = itertools.count()

    def number(self, aval: Any) -> Value:
        value = next(self._numbers)
        shape, dtype = getattr(aval, "shape", ()), getattr(aval, "dtype", None)
        self.types[value] = jax.ShapeDtypeStruct(shape, dtype or jax.numpy.float32)
        return value

    def constant(self, content: Any, aval: Any) -> Value:
        value = self.number(aval)
        self.constants[value] = content
        return value

    def write(
        self,
        jaxpr: core.Jaxpr,
        consts: Sequence[Any],
        inputs: Sequence[Value],
        caller: Place | None,
    ) -> list[Value]:
        """Write the equations of ``jaxpr`` and return its outputs."""
        numbers: dict[core.Var, Value] = dict(zip(jaxpr.invars, inputs, strict=True))
        for var, content in zip(jaxpr.constvars, consts, strict=True):
            numbers[var] = self.constant(content, var.aval)

        def read(atom: Any) -> Value:
            if isinstance(atom, core.Literal):
                return self.constant(atom.val, atom.aval)
            return numbers[atom]

        for equation in jaxpr.eqns:
            place = place_of(equation.source_info) or caller
            if equation.primitive.name in _CALLS:
                body, body_consts = _body(equation)
                outputs = self.write(body, body_consts, [read(a) for a in equation.invars], place)
            else:
                outputs = [self.number(var.aval) for var in equation.outvars]
                self.equations.append(
                    Equation(
                        primitive=equation.primitive.name,
                        params=equation.params,
                        inputs=tuple(numbers[var] for var in variables(equation.invars)),
                        outputs=tuple(outputs),
                        function=function_of(jaxpr, equation),
                        place=place,
                    )
                )
            numbers.update(zip(equation.outvars, outputs, strict=True))
        return [read(atom) for atom in jaxpr.outvars]


def _body(equation: core.JaxprEqn) -> tuple[core.Jaxpr, Sequence[Any]]:
    """Return what a call primitive calls; it is closed or not, as the primitive has it."""
    body = equation.params.get("jaxpr", equation.params.get("call_jaxpr"))
    return (body.jaxpr, body.consts) if isinstance(body, core.ClosedJaxpr) else (body, [])

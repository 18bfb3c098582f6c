"""Trace a function into a ``Program``, writing out the jits inside it."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from compare.program.place import Place, place_of
from compare.program.program import Equation, Program, Value, function_of

#: Primitives that only call a body; it is written out in their place.
_CALLS = frozenset({"jit", "pjit", "closed_call", "core_call", "checkpoint", "remat", "remat2"})
#: Primitives that call a body and carry a derivative rule.
_RULES = frozenset({"custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr"})
#: Loops longer than this stay one equation.
_LONGEST_LOOP = 64


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


def trace(
    function: Callable[..., Any], *arguments: jax.Array, write_out: bool = False
) -> tuple[Program, Any]:
    """Return the program of ``function`` at arguments like these, and the shape of its result.

    Args:
        function: Takes arrays and returns a pytree.
        arguments: Arrays; only their shapes and dtypes matter.
        write_out: Whether loops, branches and the plain bodies of custom rules are written out
            as well. The program then computes the same, but its derivative forgets custom rules.

    Returns:
        The program, and a pytree of ``jax.ShapeDtypeStruct`` like the function's result.
    """
    closed, result = jax.make_jaxpr(function, return_shape=True)(*arguments)
    writer = _Writer(write_out)
    inputs = [writer.number(var.aval) for var in closed.jaxpr.invars]
    outputs = writer.write(closed.jaxpr, closed.consts, inputs, None)
    return writer.program(inputs, outputs), result


class _Writer:
    """Numbers the values and collects the equations while the trace is read."""

    def __init__(self, write_out: bool) -> None:
        self.write_out = write_out
        self.equations: list[Equation] = []
        self.constants: dict[Value, Any] = {}
        self.types: dict[Value, jax.ShapeDtypeStruct] = {}
        self.literals: set[Value] = set()
        self._numbers = itertools.count()

    def program(self, inputs: Sequence[Value], outputs: Sequence[Value]) -> Program:
        """Return what was written."""
        return Program(
            inputs=tuple(inputs),
            constants=self.constants,
            equations=tuple(self.equations),
            outputs=tuple(outputs),
            types=self.types,
            literals=frozenset(self.literals),
        )

    def number(self, aval: Any) -> Value:
        value = next(self._numbers)
        shape, dtype = getattr(aval, "shape", ()), getattr(aval, "dtype", None)
        self.types[value] = jax.ShapeDtypeStruct(shape, dtype or jnp.float32)
        return value

    def constant(self, content: Any, aval: Any) -> Value:
        value = self.number(aval)
        self.constants[value] = content
        return value

    def literal(self, atom: core.Literal) -> Value:
        dtype = getattr(atom.aval, "dtype", None)
        value = self.constant(np.asarray(atom.val, dtype), atom.aval)
        self.literals.add(value)
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
            return self.literal(atom) if isinstance(atom, core.Literal) else numbers[atom]

        for equation in jaxpr.eqns:
            place = place_of(equation.source_info) or caller
            operands = [read(atom) for atom in equation.invars]
            name = equation.primitive.name
            if name in _CALLS or (self.write_out and name in _RULES):
                outputs = self.write(*_body(equation), operands, place)
            elif self.write_out and name == "scan" and equation.params["length"] <= _LONGEST_LOOP:
                outputs = self._unroll(equation, operands, place)
            elif self.write_out and name == "cond":
                outputs = self._both_branches(equation, operands, place)
            else:
                outputs = [self.number(var.aval) for var in equation.outvars]
                function = function_of(jaxpr, equation)
                plain = _plain_body(equation) if name in _RULES else None
                self._append(name, equation.params, operands, outputs, function, place, plain)
            numbers.update(zip(equation.outvars, outputs, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _append(
        self,
        primitive: str,
        params: Any,
        inputs: Sequence[Value],
        outputs: Sequence[Value],
        function: Callable[..., list[Any]],
        place: Place | None,
        plain: Program | None = None,
    ) -> None:
        self.equations.append(
            Equation(primitive, params, tuple(inputs), tuple(outputs), function, place, plain)
        )

    def _unroll(
        self, equation: core.JaxprEqn, operands: list[Value], place: Place | None
    ) -> list[Value]:
        """Write a scan's body once an iteration."""
        params = equation.params
        first, last = params["num_consts"], params["num_consts"] + params["num_carry"]
        fixed, carry, stacked = operands[:first], operands[first:last], operands[last:]
        body = params["jaxpr"]
        order = range(params["length"])
        collected: dict[int, list[Value]] = {}
        for i in reversed(order) if params["reverse"] else order:
            rows = []
            for value in stacked:
                row = self.number(_row_of(self.types[value]))
                self._append("row", {"index": i}, [value], [row], _take_row(i), place)
                rows.append(row)
            results = self.write(body.jaxpr, body.consts, [*fixed, *carry, *rows], place)
            carry, collected[i] = results[: len(carry)], results[len(carry) :]
        stacks = []
        for k, var in enumerate(equation.outvars[len(carry) :]):
            stack = self.number(var.aval)
            rows = [collected[i][k] for i in order]
            self._append("stack", {}, rows, [stack], _stack, place)
            stacks.append(stack)
        return [*carry, *stacks]

    def _both_branches(
        self, equation: core.JaxprEqn, operands: list[Value], place: Place | None
    ) -> list[Value]:
        """Write all branches of a cond, and a choice between their results."""
        which, *rest = operands
        branches = [
            self.write(branch.jaxpr, branch.consts, rest, place)
            for branch in equation.params["branches"]
        ]
        outputs = []
        for var, *cases in zip(equation.outvars, *branches, strict=True):
            output = self.number(var.aval)
            self._append("choose", {}, [which, *cases], [output], _choose, place)
            outputs.append(output)
        return outputs


def _body(equation: core.JaxprEqn) -> tuple[core.Jaxpr, Sequence[Any]]:
    """Return what a call primitive calls; it is closed or not, as the primitive has it."""
    names = ("jaxpr", "call_jaxpr", "fun_jaxpr")
    body = next(equation.params[name] for name in names if name in equation.params)
    return (body.jaxpr, body.consts) if isinstance(body, core.ClosedJaxpr) else (body, [])


def _plain_body(equation: core.JaxprEqn) -> Program:
    """Return the body of a function with a derivative rule, written out."""
    jaxpr, consts = _body(equation)
    writer = _Writer(write_out=True)
    inputs = [writer.number(var.aval) for var in jaxpr.invars]
    return writer.program(inputs, writer.write(jaxpr, consts, inputs, None))


def _row_of(stacked: jax.ShapeDtypeStruct) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(stacked.shape[1:], stacked.dtype)


def _take_row(index: int) -> Callable[..., list[Any]]:
    return lambda stacked: [stacked[index]]


def _stack(*rows: Any) -> list[Any]:
    on_host = all(isinstance(row, (np.ndarray, np.generic)) for row in rows)
    return [np.stack(rows) if on_host else jnp.stack(rows)]


def _choose(which: Any, *cases: Any) -> list[Any]:
    if isinstance(which, (np.ndarray, np.generic)):
        return [cases[int(np.clip(int(which), 0, len(cases) - 1))]]
    index = jnp.clip(jnp.asarray(which).astype(jnp.int32), 0, len(cases) - 1)
    return [jax.lax.select_n(jnp.broadcast_to(index, jnp.shape(cases[0])), *cases)]

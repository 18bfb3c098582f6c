"""Trace a function into a ``Program``, writing out the jits inside it."""

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from compare.program.loops import scan_on_paper, scan_parts, while_on_paper
from compare.program.place import Place, place_of
from compare.program.program import Equation, Program, Value, function_of
from compare.program.widening import EPS, narrowest, rounding_of, wide, widened

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


@dataclass(frozen=True, eq=False)
class Trace:
    """A traced function; it can be written as a program in several ways.

    Attributes:
        jaxpr: What JAX recorded.
        result: A pytree of ``jax.ShapeDtypeStruct`` like the function's result.
    """

    jaxpr: core.ClosedJaxpr
    result: Any

    @functools.cached_property
    def as_it_is(self) -> Program:
        """Loops, branches and functions with a derivative rule are one equation each."""
        return _Writer().program_of(self.jaxpr)

    @functools.cached_property
    def unrolled(self) -> Program:
        """Loops and branches are written out, so that values inside them can be got at."""
        return _Writer(loops=True).program_of(self.jaxpr)

    @functools.cached_property
    def on_paper(self) -> Program:
        """All is written out and every float is a float64: the formula, without its rounding.

        The derivative of this program forgets custom rules.
        """
        return _Writer(loops=True, rules=True).program_of(self.jaxpr)


def trace_of(function: Callable[..., Any], *arguments: jax.Array) -> Trace:
    """Trace ``function`` at arrays like these; only their shapes and dtypes matter."""
    jaxpr, result = jax.make_jaxpr(function, return_shape=True)(*arguments)
    return Trace(jaxpr, result)


def trace(
    function: Callable[..., Any], *arguments: jax.Array, write_out: bool = False
) -> tuple[Program, Any]:
    """Return the program of ``function``, as it is or ``on_paper``, and its result's shape."""
    traced = trace_of(function, *arguments)
    return traced.on_paper if write_out else traced.as_it_is, traced.result


class _Origin(NamedTuple):
    """Where the equations of a body come from.

    Attributes:
        place: Of the call, for equations that have none of their own.
        derived: The call was written by JAX's differentiation.
    """

    place: Place | None = None
    derived: bool = False

    def of(self, equation: core.JaxprEqn) -> "_Origin":
        """Return where one of its equations comes from."""
        names = str(equation.source_info.name_stack)
        return _Origin(
            place_of(equation.source_info) or self.place,
            self.derived or "jvp(" in names or "transpose(" in names,
        )


class _Writer:
    """Numbers the values and collects the equations while the trace is read."""

    def __init__(self, *, loops: bool = False, rules: bool = False) -> None:
        self.loops, self.rules = loops, rules
        self.equations: list[Equation] = []
        self.constants: dict[Value, Any] = {}
        self.types: dict[Value, jax.ShapeDtypeStruct] = {}
        self.literals: set[Value] = set()
        self.named: dict[str, list[Value]] = {}
        self.rounded: dict[Value, float] = {}
        self.searched: set[Value] = set()
        self._numbers = itertools.count()

    @property
    def on_paper(self) -> bool:
        """Whether floats are widened: only where nothing is left that knows their dtype."""
        return self.loops and self.rules

    def program_of(self, closed: core.ClosedJaxpr) -> Program:
        """Write a whole program."""
        inputs = [self.number(var.aval) for var in closed.jaxpr.invars]
        outputs = self.write(closed.jaxpr, closed.consts, inputs, _Origin())
        return Program(
            inputs=tuple(inputs),
            constants=self.constants,
            equations=tuple(self.equations),
            outputs=tuple(outputs),
            types=self.types,
            literals=frozenset(self.literals),
            named={name: tuple(values) for name, values in self.named.items()},
            rounded=self.rounded,
            searched=frozenset(self.searched),
        )

    def number(self, aval: Any) -> Value:
        value = next(self._numbers)
        shape, dtype = getattr(aval, "shape", ()), getattr(aval, "dtype", None) or jnp.float32
        self.types[value] = jax.ShapeDtypeStruct(shape, wide(dtype) if self.on_paper else dtype)
        return value

    def constant(self, content: Any, aval: Any) -> Value:
        value = self.number(aval)
        rounding = rounding_of(getattr(aval, "dtype", None))
        if self.on_paper and rounding > EPS:
            content = np.asarray(content).astype(wide(aval.dtype))
            self.rounded[value] = rounding
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
        origin: _Origin,
    ) -> list[Value]:
        """Write the equations of ``jaxpr`` and return its outputs."""
        numbers: dict[core.Var, Value] = dict(zip(jaxpr.invars, inputs, strict=True))
        for var, content in zip(jaxpr.constvars, consts, strict=True):
            numbers[var] = self.constant(content, var.aval)

        def read(atom: Any) -> Value:
            return self.literal(atom) if isinstance(atom, core.Literal) else numbers[atom]

        for equation in jaxpr.eqns:
            if not equation.outvars:  # a print, say: nothing depends on it
                continue
            operands = [read(atom) for atom in equation.invars]
            outputs = self._write_one(jaxpr, equation, operands, origin.of(equation))
            numbers.update(zip(equation.outvars, outputs, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _write_one(
        self,
        jaxpr: core.Jaxpr,
        equation: core.JaxprEqn,
        operands: list[Value],
        origin: _Origin,
    ) -> list[Value]:
        name = equation.primitive.name
        if equation.params.get("name") == "searchsorted" and name in _CALLS:
            self.searched.add(operands[0])
        if name in _CALLS or (self.rules and name in _RULES):
            return self.write(*_body(equation), operands, origin)
        if self.loops and name == "scan" and equation.params["length"] <= _LONGEST_LOOP:
            return self._unroll(equation, operands, origin)
        if self.loops and name == "cond":
            return self._both_branches(equation, operands, origin)
        outputs = [self.number(var.aval) for var in equation.outvars]
        params: Mapping[str, Any] = equation.params
        function = function_of(jaxpr, equation)
        rounding = narrowest(equation)
        if self.on_paper and name == "scan":
            function, rounding = scan_on_paper(params, _on_paper(params["jaxpr"])), EPS
        elif self.on_paper and name == "while":
            parts = _on_paper(params["cond_jaxpr"]), _on_paper(params["body_jaxpr"])
            function, rounding = while_on_paper(params, *parts), EPS
        elif self.on_paper and rounding > EPS:
            params, function = widened(equation, function)
        plain = _plain_body(equation) if name in _RULES else None
        self._append(name, params, operands, outputs, function, origin, rounding, plain)
        if name == "name":
            self.named.setdefault(params["name"], []).append(outputs[0])
        return outputs

    def _append(
        self,
        primitive: str,
        params: Any,
        inputs: Sequence[Value],
        outputs: Sequence[Value],
        function: Callable[..., list[Any]],
        origin: _Origin,
        rounding: float = EPS,
        plain: Program | None = None,
    ) -> None:
        numbers = tuple(inputs), tuple(outputs)
        self.equations.append(
            Equation(primitive, params, *numbers, function, *origin, rounding, plain)
        )

    def _unroll(
        self, equation: core.JaxprEqn, operands: list[Value], origin: _Origin
    ) -> list[Value]:
        """Write a scan's body once an iteration."""
        params = equation.params
        first, last = scan_parts(params)
        fixed, carry, stacked = operands[:first], operands[first:last], operands[last:]
        body = params["jaxpr"]
        order = range(params["length"])
        collected: dict[int, list[Value]] = {}
        named: dict[int, dict[str, list[Value]]] = {}
        before, self.named = self.named, {}
        for i in reversed(order) if params["reverse"] else order:
            rows = []
            for value in stacked:
                row = self.number(_row_of(self.types[value]))
                self._append("row", {"index": i}, [value], [row], _take_row(i), origin)
                rows.append(row)
            results = self.write(body.jaxpr, body.consts, [*fixed, *carry, *rows], origin)
            carry, collected[i] = results[: len(carry)], results[len(carry) :]
            named[i], self.named = self.named, {}
        self.named = before
        for name, value in ((n, v) for i in order for n, vs in named[i].items() for v in vs):
            self.named.setdefault(name, []).append(value)
        stacks = []
        for k, var in enumerate(equation.outvars[len(carry) :]):
            stack = self.number(var.aval)
            rows = [collected[i][k] for i in order]
            self._append("stack", {}, rows, [stack], _stack, origin)
            stacks.append(stack)
        return [*carry, *stacks]

    def _both_branches(
        self, equation: core.JaxprEqn, operands: list[Value], origin: _Origin
    ) -> list[Value]:
        """Write all branches of a cond, and a choice between their results."""
        which, *rest = operands
        branches = [
            self.write(branch.jaxpr, branch.consts, rest, origin)
            for branch in equation.params["branches"]
        ]
        outputs = []
        for var, *cases in zip(equation.outvars, *branches, strict=True):
            output = self.number(var.aval)
            self._append("choose", {}, [which, *cases], [output], _choose, origin)
            outputs.append(output)
        return outputs


def _body(equation: core.JaxprEqn) -> tuple[core.Jaxpr, Sequence[Any]]:
    """Return what a call primitive calls; it is closed or not, as the primitive has it."""
    names = ("jaxpr", "call_jaxpr", "fun_jaxpr")
    body = next(equation.params[name] for name in names if name in equation.params)
    return (body.jaxpr, body.consts) if isinstance(body, core.ClosedJaxpr) else (body, [])


def _plain_body(equation: core.JaxprEqn) -> Program:
    """Return the body of a function with a derivative rule, written out."""
    return _on_paper(core.ClosedJaxpr(*_body(equation)))


def _on_paper(closed: core.ClosedJaxpr) -> Program:
    """Return the program of a body, written out."""
    return _Writer(loops=True, rules=True).program_of(closed)


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

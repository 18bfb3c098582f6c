"""Iterations and their rest, where one more changes nothing: are they there, and what is it like?

A rule for the solution of an equation is right where the solver has found it, and nowhere else. A
loop ends when its value is good enough; its derivative is a step behind, until it is run to rest.
"""

import functools
import itertools
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from compare.program.loops import MOST, Loop, iterates, may_rest, scan_parts
from compare.program.program import Equation, Program, Value, on_host
from compare.program.run import run
from compare.program.widening import is_float

#: A loop is run on for so many steps at most; one within another, for so many.
FURTHER, WITHIN = 10_000, 300
#: It has come to rest when a step changes it by less, relative to its size or to this.
AT_REST, TINY = 1e-10, 1e-300
#: A step that changes less is not worth another; what does not change for so many steps is still,
#: whatever else the loop carries along.
ROUNDING, LONG = 1e-15, 30


def unrest(program: Program, inputs: Sequence[Any]) -> list[float]:
    """Return for each loop by how much one more iteration changes what it carries, relative.

    Args:
        program: As it is: loops are one equation each.
        inputs: Where.
    """
    loops = [equation for equation in program.equations if _iterates(equation)]
    return [
        max(_known(_each(results, _once_more(equation, operands, results))), default=0.0)
        for equation, operands, results in _met(program, loops, inputs)
    ]


def _met(
    program: Program, loops: Sequence[Equation], inputs: Sequence[Any]
) -> Iterator[tuple[Equation, list[Any], list[Any]]]:
    """Yield loops with the operands that they meet and what they come to."""
    if not loops:
        return
    values = [value for equation in loops for value in (*equation.inputs, *equation.outputs)]
    contents = iter(run(program, inputs, also=values)[len(program.outputs) :])
    for equation in loops:
        operands = [next(contents) for _ in equation.inputs]
        yield equation, operands, [next(contents) for _ in equation.outputs]


def run_to_rest(program: Program) -> Program:
    """Return a program whose loops run on until nothing changes."""
    if not iterates(program):
        return program
    return _run_on(program, FURTHER)


def settled(program: Program, inputs: Sequence[Any]) -> list[bool]:
    """Return for each loop that ends by itself whether it comes to rest when it is run on.

    Args:
        program: On paper.
        inputs: Where.
    """
    loops = [
        e for e in program.equations if isinstance(e.function, Loop) and e.function.ends_itself
    ]
    wanted, found = program.feeding(program.outputs), []
    for equation, operands, _ in _met(program, loops, inputs):
        loop, used = equation.function, _used(equation, wanted)
        assert isinstance(loop, Loop)
        rest = _resting(loop, used, FURTHER)(*operands)
        after = loop.further(*operands[: len(operands) - len(rest)], *rest)
        changes = itertools.compress(_each(rest, after), used)
        found.append(max(_known(changes), default=0.0) <= AT_REST)
    return found


def _used(equation: Equation, wanted: Container[Value]) -> tuple[bool, ...]:
    """Return which of an equation's outputs matter to what its program returns."""
    return tuple(value in wanted for value in equation.outputs)


def _run_on(program: Program, most: int) -> Program:
    wanted = program.feeding(program.outputs)
    return replace(
        program,
        equations=tuple(
            replace(equation, function=_resting(equation.function, _used(equation, wanted), most))
            if may_rest(equation)
            else equation
            for equation in program.equations
        ),
    )


@functools.lru_cache(maxsize=64)
def _resting(loop: Loop, used: tuple[bool, ...], most: int) -> Loop:
    """Return the loop, run on after its end until its steps change nothing but rounding.

    So are the loops within it. A step that is not a number ends it; where it does not come to rest,
    it stays as it ended. What it carries only for its own use, and does not ask, need not rest:
    the number of the next term of a series, say.

    Args:
        loop: As it is.
        used: Which of its results matter.
        most: How many further steps it may take.
    """
    if any(map(iterates, loop.parts)):
        loop = loop.made_of(*(_run_on(part, WITHIN) for part in loop.parts))
    if not loop.ends_itself:
        return loop
    watched = [u or a for u, a in zip(used, loop.asked, strict=True)]

    def counted(left: Any, *operands: Any) -> tuple[Any, list[Any]]:
        left, ended = loop.counted(left, *operands)
        carried = len(operands) - len(ended)
        fixed, began = operands[:carried], operands[carried:]
        sizes = [
            jnp.max(jnp.abs(value), initial=0.0) if asked and not u and is_float(value) else 0.0
            for value, asked, u in zip(began, loop.asked, used, strict=True)
        ]
        assert loop.again is not None
        again = loop.again

        def goes_on(state: tuple[Any, ...]) -> Any:
            count, over, *_ = state
            return ~over & (count < most)

        def once(state: tuple[Any, ...]) -> tuple[Any, ...]:
            count, _, change, quiet, stopped, *now = state
            _, after = again(MOST, *fixed, *now)
            everything = _change(now, after, sizes)
            seen = _change(*([v for v, w in zip(of, watched, strict=True) if w]
                             for of in (now, after, sizes)))  # fmt: skip
            broken = jnp.isnan(everything)
            after = [jnp.where(broken, a, b) for a, b in zip(now, after, strict=True)]
            quiet = jnp.where(seen <= AT_REST, quiet + 1, 0)
            stopped = jnp.where(seen <= ROUNDING, stopped + 1, 0)
            over = broken | (everything <= ROUNDING) | (stopped >= LONG)
            change = jnp.where(broken, change, everything)
            return count + 1, over, change, quiet, stopped, *after

        start = (0, jnp.asarray(False), jnp.asarray(jnp.inf, float), 0, 0, *ended)
        _, _, change, quiet, _, *rest = jax.lax.while_loop(goes_on, once, start)
        settled = (change <= AT_REST) | (quiet >= LONG)
        return left, [
            jnp.where(settled, new, old) if is_float(old) else old
            for new, old in zip(rest, ended, strict=True)
        ]

    return replace(loop, counted=counted)


def _change(before: Sequence[Any], after: Sequence[Any], sizes: Sequence[Any]) -> Any:
    """Return the largest change of any float array, while JAX traces.

    Relative to how large it is, or to a size that it is known to have had.
    """
    changes = [
        jnp.max(jnp.abs(new - old), initial=0.0)
        / (jnp.maximum(jnp.max(jnp.abs(old), initial=0.0), size) + TINY)
        for old, new, size in zip(before, after, sizes, strict=True)
        if is_float(old)
    ]
    return jnp.max(jnp.stack(changes)) if changes else jnp.inf


def _iterates(equation: Equation) -> bool:
    """Whether an equation repeats one step on what it carries, and on nothing else."""
    if equation.primitive == "while":
        return True
    if equation.primitive != "scan":
        return False
    first, last = scan_parts(equation.params)
    return last == len(equation.inputs) and last - first == len(equation.outputs)


def _once_more(equation: Equation, operands: list[Any], results: list[Any]) -> list[Any]:
    params = equation.params
    if equation.primitive == "scan":
        first, _ = scan_parts(params)
        fixed, body = operands[:first], params["jaxpr"]
    else:
        start, count = params["cond_nconsts"], params["body_nconsts"]
        fixed, body = operands[start : start + count], params["body_jaxpr"]
    again = core.jaxpr_as_fun(body)(*fixed, *map(jax.numpy.asarray, results))
    return [on_host(content) for content in again]


def _each(before: Sequence[Any], after: Sequence[Any]) -> Iterator[float | None]:
    """Yield by how much each array changes, relative; None for what is no array of floats."""
    for old, new in zip(before, after, strict=True):
        if not is_float(old) or not old.size:
            yield None
            continue
        old, new = np.asarray(old), np.asarray(new)
        change = float(np.abs(new - old).max())
        yield change / (float(np.abs(old).max()) or 1.0) if change else 0.0


def _known(changes: Iterable[float | None]) -> Iterator[float]:
    return (change for change in changes if change is not None)

"""Iterations and their rest, where one more changes nothing: are they there, and what is it like?

A rule for the solution of an equation is right where the solver has found it, and nowhere else. A
loop ends when its value is good enough; its derivative is a step behind, until it is run to rest.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from compare.program.loops import Loop, scan_parts
from compare.program.program import Equation, Program, on_host
from compare.program.run import run
from compare.program.widening import is_float

#: A loop is run on for so many steps at most, and has come to rest when one changes it by less,
#: relative to its size or this.
FURTHER, AT_REST, TINY = 10_000, 1e-10, 1e-300
#: A step that changes less is not worth another.
ROUNDING = 1e-15
#: What moves by less than this share of an array's largest element counts as still.
STILL = 1e-9


def unrest(program: Program, inputs: Sequence[Any]) -> list[float]:
    """Return for each loop by how much one more iteration changes what it carries, relative.

    Args:
        program: As it is: loops are one equation each.
        inputs: Where.
    """
    loops = [equation for equation in program.equations if _iterates(equation)]
    return [
        max(_changes(results, _once_more(equation, operands, results)), default=0.0)
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
    return replace(program, equations=tuple(map(_resting, program.equations)))


def near_rest(programs: Sequence[Program], inputs: Sequence[Any], near: float) -> bool:
    """Whether programs have loops that end by themselves, and all end near where they would rest.

    Args:
        programs: On paper.
        inputs: Where.
        near: How far its rest may be from where a loop ends, relative.
    """
    having = [program for program in programs if any(map(_ends_itself, program.equations))]
    return bool(having) and all(_all_near_rest(program, inputs, near) for program in having)


def _all_near_rest(program: Program, inputs: Sequence[Any], near: float) -> bool:
    loops = [equation for equation in program.equations if _ends_itself(equation)]
    for equation, operands, ended in _met(program, loops, inputs):
        rest = [np.asarray(value) for value in _to_rest(equation.function)(*operands)]
        if not all(_is_near(old, new, near) for old, new in zip(ended, rest, strict=True)):
            return False
    return True


def _is_near(ended: Any, rest: np.ndarray, near: float) -> bool:
    """Whether every element of an array is, relative to itself; those beside larger ones, too."""
    if rest.dtype.kind != "f" or not rest.size:
        return True
    allowed = near * np.abs(rest) + STILL * np.abs(rest).max()
    return bool((np.abs(rest - np.asarray(ended)) <= allowed).all())


def _ends_itself(equation: Equation) -> bool:
    return isinstance(equation.function, Loop) and equation.function.again is not None


def _resting(equation: Equation) -> Equation:
    if not _ends_itself(equation):
        return equation
    return replace(equation, function=_to_rest(equation.function))


@functools.lru_cache(maxsize=64)
def _to_rest(loop: Loop) -> Callable[..., list[Any]]:
    """Return the loop, run on after its end until its steps change nothing but rounding.

    A step that is not a number ends it; where it does not come to rest, it stays as it ended.
    """

    def resting(*operands: Any) -> list[Any]:
        ended, again = loop(*operands), loop.again
        assert again is not None
        fixed = operands[: len(operands) - len(ended)]

        def goes_on(state: tuple[Any, ...]) -> Any:
            count, change, *_ = state
            return (change > ROUNDING) & (count < FURTHER)

        def once(state: tuple[Any, ...]) -> tuple[Any, ...]:
            count, change, _, *now = state
            after = again(*fixed, *now)
            new = _change(now, after)
            after = [jnp.where(jnp.isnan(new), a, b) for a, b in zip(now, after, strict=True)]
            return count + 1, new, change, *after

        start = (0, jnp.finfo(float).max, jnp.inf, *ended)
        _, change, before, *rest = jax.lax.while_loop(goes_on, once, start)
        change = jnp.where(jnp.isnan(change), before, change)
        return [
            jnp.where(change <= AT_REST, new, old) if is_float(old) else old
            for new, old in zip(rest, ended, strict=True)
        ]

    return jax.jit(resting)


def _change(before: Sequence[Any], after: Sequence[Any]) -> Any:
    """Return the largest relative change of any float array, while JAX traces."""
    changes = [
        jnp.max(jnp.abs(new - old), initial=0.0) / (jnp.max(jnp.abs(old), initial=0.0) + TINY)
        for old, new in zip(before, after, strict=True)
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


def _changes(before: list[Any], after: list[Any]) -> Iterator[float]:
    for old, new in zip(before, after, strict=True):
        old, new = np.asarray(old), np.asarray(new)
        if old.dtype.kind == "f" and old.size:
            change = float(np.abs(new - old).max())
            yield change / (float(np.abs(old).max()) or 1.0) if change else 0.0

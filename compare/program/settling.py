"""Whether the iterations in a program have come to rest: one more changes nothing.

A rule for the solution of an equation is right where the solver has found it, and nowhere else.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np
from jax.extend import core

from compare.program.loops import scan_parts
from compare.program.program import Equation, Program, on_host
from compare.program.run import run


def unrest(program: Program, inputs: Sequence[Any]) -> list[float]:
    """Return for each loop by how much one more iteration changes what it carries, relative.

    Args:
        program: As it is: loops are one equation each.
        inputs: Where.
    """
    loops = [equation for equation in program.equations if _iterates(equation)]
    if not loops:
        return []
    values = [value for equation in loops for value in (*equation.inputs, *equation.outputs)]
    contents = iter(run(program, inputs, also=values)[len(program.outputs) :])
    found = []
    for equation in loops:
        operands = [next(contents) for _ in equation.inputs]
        results = [next(contents) for _ in equation.outputs]
        found.append(max(_changes(results, _once_more(equation, operands, results)), default=0.0))
    return found


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

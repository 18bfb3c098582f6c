"""Run a program, changing values on the way."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from compare.program import on_numpy
from compare.program.program import Equation, Program, Value, on_host

#: Runs one equation: operands in, results out.
Execute: TypeAlias = Callable[[Equation, Sequence[Any]], list[Any]]

_HOST = (np.ndarray, np.generic)


def step(equation: Equation, operands: Sequence[Any]) -> list[Any]:
    """Return the results of one equation, on NumPy where all operands are NumPy's."""
    if all(isinstance(operand, _HOST) for operand in operands):
        results = on_numpy.apply(equation.primitive, equation.params, tuple(operands))
        if results is not None:
            return results
        if equation.plain is not None:
            return run(equation.plain, operands)
    return [on_host(result) for result in equation.function(*operands)]


def run(
    program: Program,
    arguments: Sequence[Any],
    change: Mapping[Value, Callable[[Any], Any]] | None = None,
    also: Sequence[Value] = (),
    execute: Execute = step,
) -> list[Any]:
    """Return the outputs of a program.

    On NumPy arrays nothing is compiled; on JAX arrays the run can be jit-compiled and
    differentiated.

    Args:
        program: What to run.
        arguments: One array an input.
        change: For some values, what the equations after them read instead. The outputs
            themselves are the values as computed, before the change.
        also: Further values to return, after the outputs.
        execute: How one equation is run.
    """
    change = change or {}
    wanted = (*program.outputs, *also)
    kept: dict[Value, Any] = {}
    seen: dict[Value, Any] = {}
    needed = set(wanted)

    def write(value: Value, content: Any) -> None:
        if value in needed:
            kept[value] = content
        seen[value] = change[value](content) if value in change else content

    all_on_host = all(isinstance(argument, _HOST) for argument in arguments)
    constants = program.constants_on_host if all_on_host else program.constants
    for value, content in constants.items():
        write(value, content)
    for value, content in zip(program.inputs, arguments, strict=True):
        write(value, content)
    for position, equation in enumerate(program.equations):
        results = execute(equation, [seen[value] for value in equation.inputs])
        for value, content in zip(equation.outputs, results, strict=True):
            write(value, content)
        for value in program.last_read.get(position, ()):
            del seen[value]
    return [kept[value] for value in wanted]

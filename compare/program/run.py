"""Run a program, changing values on the way."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax

from compare.program.program import Program, Value


def run(
    program: Program,
    arguments: Sequence[Any],
    change: Mapping[Value, Callable[[jax.Array], jax.Array]] | None = None,
    also: Sequence[Value] = (),
) -> list[jax.Array]:
    """Return the outputs of a program.

    Args:
        program: What to run; traceable, so it can be jit-compiled and differentiated.
        arguments: One array an input.
        change: For some values, what the equations after them read instead. The outputs
            themselves are the values as computed, before the change.
        also: Further values to return, after the outputs.
    """
    change = change or {}
    computed: dict[Value, Any] = dict(program.constants)
    seen: dict[Value, Any] = dict(program.constants)

    def write(value: Value, content: Any) -> None:
        computed[value] = content
        seen[value] = change[value](content) if value in change else content

    for value, content in zip(program.inputs, arguments, strict=True):
        write(value, content)
    for equation in program.equations:
        results = equation.function(*(seen[value] for value in equation.inputs))
        for value, content in zip(equation.outputs, results, strict=True):
            write(value, content)
    return [computed[value] for value in (*program.outputs, *also)]

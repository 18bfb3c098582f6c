"""Which values of a program are but an input: broadcast, reshaped, cast, or its negative."""

from collections.abc import Container

from compare.program import Program
from compare.program.program import Value

_COPYING = frozenset({"broadcast_in_dim", "reshape", "convert_element_type", "neg", "squeeze"})


def copied(program: Program, value: Value) -> int | None:
    """Return the position of the input that a value is a copy of; None when it is none."""
    found = origin(program, value, _COPYING)
    return program.inputs.index(found) if found in program.inputs else None


def origin(program: Program, value: Value, through: Container[str]) -> Value:
    """Return what a value is made of by these primitives alone; itself where it is not."""
    while value in program.writer:
        equation = program.equations[program.writer[value]]
        if equation.primitive not in through:
            break
        value = equation.inputs[0]
    return value

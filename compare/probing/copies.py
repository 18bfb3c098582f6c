"""Which values of a program are but an input: broadcast, reshaped, cast, or its negative."""

from compare.program import Program
from compare.program.program import Value

_COPYING = frozenset({"broadcast_in_dim", "reshape", "convert_element_type", "neg", "squeeze"})


def copied(program: Program, value: Value) -> int | None:
    """Return the position of the input that a value is a copy of; None when it is none."""
    while value in program.writer:
        equation = program.equations[program.writer[value]]
        if equation.primitive not in _COPYING:
            return None
        value = equation.inputs[0]
    return program.inputs.index(value) if value in program.inputs else None

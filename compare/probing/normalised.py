"""Inputs that a loss divides by their own length or sum: it does not rely on that being one."""

from compare.probing.copies import copied
from compare.program import Program
from compare.program.program import Equation, Value

#: What a length or a sum may go through before it divides.
_PASSING = frozenset({
    "broadcast_in_dim", "reshape", "squeeze", "convert_element_type", "add", "max", "sqrt", "rsqrt",
    "select_n",
})  # fmt: skip


def normalised(forward: Program) -> set[int]:
    """Return the positions of these inputs.

    Args:
        forward: The loss, written out; its first output is the value.
    """
    found: set[int] = set()
    needed = forward.feeding(forward.outputs[:1])
    for equation in forward.equations:
        position = _summed(forward, equation)
        if position is None or equation.outputs[0] not in needed:
            continue
        if _divides(forward, equation.outputs[0]):
            found.add(position)
    return found


def _summed(program: Program, equation: Equation) -> int | None:
    """Return the input whose elements, or their squares, an equation sums."""
    if equation.primitive == "dot_general":
        left, right = (copied(program, value) for value in equation.inputs)
        return left if left == right else None
    if equation.primitive != "reduce_sum":
        return None
    (value,) = equation.inputs
    if value in program.writer:
        before = program.equations[program.writer[value]]
        squares = before.primitive in ("square", "integer_pow", "mul", "abs")
        if squares and len({copied(program, v) for v in before.inputs}) == 1:
            value = before.inputs[0]
    return copied(program, value)


def _divides(program: Program, total: Value) -> bool:
    """Whether something is divided by a total, or by its root."""
    reached = {total}
    for equation in program.equations:
        if equation.primitive == "div" and equation.inputs[1] in reached:
            return True
        if equation.primitive in _PASSING and not reached.isdisjoint(equation.inputs):
            if equation.primitive == "rsqrt":
                return True
            reached.update(equation.outputs)
    return False

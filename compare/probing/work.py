"""How much work it is to run a program once, so that a search can be bounded by what it does.

A bound in seconds would make the verdict depend on the machine and on who else is using it.
"""

import math

from compare.program import Program

#: What it costs to run any equation on NumPy, in operations of one element.
EACH = 10_000


def work(program: Program) -> float:
    """Return roughly how many operations a run takes."""
    total = 0.0
    for equation in program.equations:
        sizes = [math.prod(program.types[value].shape) for value in equation.inputs]
        size = sum(math.prod(program.types[value].shape) for value in equation.outputs)
        if equation.primitive in ("dot_general", "conv_general_dilated") and len(sizes) > 1:
            # of an m x k by a k x n: m k n multiplications and as many additions
            total += 2 * math.sqrt(float(sizes[0]) * sizes[1] * size)
        total += EACH + size + sum(sizes)
    return total

"""What rounding may do to a program's results: run it with every step rounded otherwise."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from compare.program.program import Program, Value
from compare.program.run import run

#: Primitives that move values or make them smaller in precision alone: they do not round.
_EXACT = frozenset(
    [
        "abs",
        "broadcast_in_dim",
        "choose",
        "clamp",
        "concatenate",
        "convert_element_type",
        "copy",
        "copy_p",
        "cummax",
        "cummin",
        "dynamic_slice",
        "dynamic_update_slice",
        "expand_dims",
        "gather",
        "iota",
        "max",
        "min",
        "name",
        "neg",
        "pad",
        "reduce_max",
        "reduce_min",
        "reshape",
        "rev",
        "row",
        "select_n",
        "slice",
        "sort",
        "split",
        "squeeze",
        "stack",
        "stop_gradient",
        "top_k",
        "transpose",
    ]
)
#: Primitives whose float results jump: they are decided as without rounding.
_JUMPS = frozenset({"sign", "floor", "ceil", "round"})


def rounded(
    program: Program, inputs: Sequence[np.ndarray], eps: float, rng: np.random.Generator
) -> list[Any]:
    """Return the outputs with every intermediate float one rounding up or down.

    Every decision on the way (a comparison, an index, a sign) is taken as it would be without:
    what is measured is rounding, not the jump at a kink.

    Args:
        program: Written out, on NumPy.
        inputs: Float64 arrays, rounded as well.
        eps: One rounding, relative.
        rng: Where the signs come from.
    """
    decided = [
        value
        for equation in program.equations
        for value in equation.outputs
        if program.types[value].dtype.kind in "biu" or equation.primitive in _JUMPS
    ]
    decisions = run(program, inputs, also=decided)[len(program.outputs) :]

    def up_or_down(content: Any) -> Any:
        value = np.asarray(content)
        signs = 2.0 * rng.integers(0, 2, value.shape, dtype=np.int8) - 1.0
        return value * (1.0 + eps * signs)

    change: dict[Value, Callable[[Any], Any]] = {
        value: up_or_down
        for equation in program.equations
        if equation.primitive not in _EXACT
        for value in equation.outputs
        if np.issubdtype(program.types[value].dtype, np.floating)
    }
    for value, decision in zip(decided, decisions, strict=True):
        change[value] = _always(decision)
    outputs = run(program, inputs, change)
    return [
        change[value](content) if value in change else content
        for value, content in zip(program.outputs, outputs, strict=True)
    ]


def _always(decision: Any) -> Callable[[Any], Any]:
    return lambda content: decision

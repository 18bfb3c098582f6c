"""Numbers of a loss that stand for infinity, as -1e9 does where a mask hides a score.

What holds while such a number is larger than all that it is put beside need not hold beyond it: a
softmax then no longer hides what is masked. Inputs as large as that are outside the loss's domain.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from compare.program import Program, run
from compare.program.program import Value

#: Finite numbers from here on stand for infinity; what reaches this share of one overtakes it.
LEAST, SHARE = 1e4, 0.1
#: What comes out of these is as large as what goes in.
_PASSING = frozenset({"broadcast_in_dim", "reshape", "convert_element_type", "neg", "mul", "copy"})


def overtaken(program: Program, inputs: Sequence[np.ndarray]) -> bool:
    """Whether some value is no longer small beside a number that stands for infinity.

    Args:
        program: Its first output is the loss.
        inputs: Of the program.
    """
    found = list(_rivals(program))
    values = [value for value, _ in found]
    contents = run(program, inputs, also=values)[len(program.outputs) :]
    return any(
        float(np.abs(content).max(initial=0.0)) > SHARE * size
        for content, (_, size) in zip(contents, found, strict=True)
    )


def _rivals(program: Program) -> Iterator[tuple[Value, float]]:
    """Yield each value that is chosen between, or added to, a stand-in, and the stand-in's size."""
    sizes = {value: size for value in program.constants if (size := _size(program, value))}
    needed = program.feeding(program.outputs[:1])
    for equation in program.equations:
        if needed.isdisjoint(equation.outputs):
            continue
        large = [sizes[value] for value in equation.inputs if value in sizes]
        if not large:
            continue
        if equation.primitive in _PASSING:
            sizes.update(dict.fromkeys(equation.outputs, min(large)))
        elif equation.primitive in ("select_n", "add", "sub"):
            for value in equation.inputs:
                if value not in sizes and np.issubdtype(program.types[value].dtype, np.floating):
                    yield value, min(large)


def _size(program: Program, value: Value) -> float:
    """Return the size of a constant that stands for infinity; 0 of another one."""
    content = program.constants_on_host[value]
    if not isinstance(content, (np.ndarray, np.generic)):  # a random key has no size
        return 0.0
    content = np.asarray(content)
    if content.dtype.kind != "f" or not content.size or not np.isfinite(content).all():
        return 0.0
    size = float(np.abs(content).max())
    return size if size >= LEAST and np.isin(np.abs(content), (0.0, size)).all() else 0.0

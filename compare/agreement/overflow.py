"""Is a derivation that gives inf or nan in float64 right on paper, or the loss itself too large?

The first is asked in NumPy's long double where that has a wider range, as it has on x86: e^1000 is
a number there.
"""

import numpy as np

from compare.agreement.formula import Sight
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program import Program, run

#: What has no number at some ordinary arguments.
POLES = frozenset({"log", "log1p", "div", "rsqrt", "sqrt", "pow", "atanh", "acos", "asin"})
WIDER = np.finfo(np.longdouble).maxexp > np.finfo(np.float64).maxexp


def only_overflows(exact: Witnesses, inputs: Arrays, sight: Sight, node: int) -> bool:
    """Whether a node differs by overflow alone; False where that cannot be told."""
    differs = sight.differs(node)
    if np.isfinite(sight.hand[node][differs]).any():
        return False
    return right_when_wider(exact, inputs, sight, node)


def right_when_wider(exact: Witnesses, inputs: Arrays, sight: Sight, node: int) -> bool:
    """Whether a node agrees once computed in a wider range: e^-2000 is no zero there.

    False where that cannot be told.
    """
    differs = sight.differs(node)
    if not WIDER:
        return False
    floats = [v.astype(np.longdouble) if v.dtype == np.float64 else v for v in inputs]
    try:
        with np.errstate(all="ignore"):
            wide = np.asarray(run(exact.hand, floats)[node])
            within = np.abs(wide - sight.reference[node]) <= sight.allowance[node]
    except (TypeError, ValueError):  # a function that knows no long doubles
        return False
    return bool(within[differs].all())


def overflows(program: Program, inputs: Arrays) -> bool:
    """Whether a step makes inf or nan of numbers, other than at a pole of its own.

    The logarithm of an exact zero is nothing large: ``where`` leaves it out, and so can the hand.
    """
    written = list(program.writer)
    contents = run(program, inputs, also=written)[len(program.outputs) :]
    seen = {**program.constants_on_host, **dict(zip(written, contents, strict=True))}
    finite = {value: _is_finite(content) for value, content in seen.items()}
    return any(
        equation.primitive not in POLES
        for equation in program.equations
        if not all(finite[value] for value in equation.outputs)
        and all(finite.get(value, True) for value in equation.inputs)
    )


def _is_finite(content: np.ndarray) -> bool:
    return getattr(content, "dtype", np.dtype(int)).kind != "f" or bool(np.isfinite(content).all())

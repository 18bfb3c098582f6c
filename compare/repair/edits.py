"""Small edits of one expression: what a hand would change in one stroke.

Every edit is a way to compute a site's results from its operands. Cheap edits undo common slips
(a sign, an operator, an operand of the same shape); dearer ones bring something in.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compare.program import Equation, Program
from compare.program.run import step
from compare.repair.bench import Override, Point
from compare.repair.sites import Site


@dataclass(frozen=True, eq=False)
class Edit:
    """One edit of a site.

    Attributes:
        site: What is edited.
        kind: What kind of mistake it mends.
        action: Name of the change, which words it: "negate", "swap-operator", ...
        detail: What the wording needs: the other operator, a factor, the name of a value.
        cost: How far it is from what stands there; the cheapest that mends wins.
        override: What the equation at a position does instead, at a point.
    """

    site: Site
    kind: str
    action: str
    detail: Mapping[str, Any]
    cost: float
    override: Callable[[int, Point], Override]

    def overrides(self, point: Point) -> dict[int, Override]:
        """Return the changed equations by position."""
        return {position: self.override(position, point) for position in self.site.positions}


_OPERATORS = {
    "add": "sub",
    "sub": "add",
    "mul": "div",
    "div": "mul",
    "max": "min",
    "min": "max",
    "gt": "lt",
    "lt": "gt",
    "ge": "le",
    "le": "ge",
    "sin": "cos",
    "cos": "sin",
    "sinh": "cosh",
    "cosh": "sinh",
    "reduce_max": "reduce_min",
    "reduce_min": "reduce_max",
    "reduce_sum": "reduce_max",
    "exp": "log",
    "log": "exp",
    "tanh": "logistic",
    "logistic": "tanh",
    "erf": "erfc",
    "erfc": "erf",
    "sqrt": "rsqrt",
    "rsqrt": "sqrt",
    "floor": "ceil",
    "ceil": "floor",
}


def structural(program: Program, site: Site, factors: Mapping[str, float]) -> Iterator[Edit]:
    """Yield the edits that need nothing but what the expression already has.

    Args:
        program: The derivation.
        site: The expression.
        factors: Numbers worth trying in the place of others, by name.
    """
    equation = program.equations[site.positions[0]]
    yield from _operators(program, site, equation)
    yield from _operands(program, site, equation)
    yield from _products(program, site, equation)
    yield from _axes(program, site, equation)
    yield from _choices(program, site, equation)
    yield from _numbers(program, site, equation, factors)


def scaled(program: Program, site: Site, factors: Mapping[str, float]) -> Iterator[Edit]:
    """Yield the edits that multiply an expression by a number.

    Args:
        program: The derivation.
        site: The expression.
        factors: Numbers worth trying, by name: axis lengths and their inverses, 2, 1/2.
    """
    if not _is_float(program, site):
        return
    yield _edit(
        program, site, "wrong-sign", "negate", {}, 2.0, lambda e: lambda o: [-step(e, o)[0]]
    )
    for name, factor in factors.items():
        yield _edit(
            program,
            site,
            "wrong-constant-factor",
            "scale",
            {"factor": factor, "name": name},
            2.2,
            lambda e, c=factor: lambda o: [c * step(e, o)[0]],
        )


def _operators(program: Program, site: Site, equation: Equation) -> Iterator[Edit]:
    other = _OPERATORS.get(equation.primitive)
    if other is not None:
        yield _edit(
            program,
            site,
            _slip(equation.primitive),
            "swap-operator",
            {"old": equation.primitive, "new": other},
            1.0,
            lambda e: lambda o: _as(other, e, o),
        )
    if equation.primitive in ("sub", "div") and len(set(equation.inputs)) == 2:
        yield _edit(
            program,
            site,
            "wrong-sign" if equation.primitive == "sub" else "wrong-constant-factor",
            "swap-operands",
            {},
            1.0,
            lambda e: lambda o: step(e, o[::-1]),
        )
    if equation.primitive == "neg":
        yield _edit(
            program, site, "wrong-sign", "drop-negation", {}, 1.0, lambda e: lambda o: [o[0]]
        )
    if equation.primitive in ("cumsum", "cumprod", "cummax", "cummin", "cumlogsumexp"):
        yield _changed(
            program, site, equation, "index-axis", {"reverse": not equation.params["reverse"]}
        )
    if equation.primitive == "rev":
        yield _edit(program, site, "index-axis", "drop-flip", {}, 1.0, lambda e: lambda o: [o[0]])


def _operands(program: Program, site: Site, equation: Equation) -> Iterator[Edit]:
    """Yield the edits that leave out or negate one operand."""
    if equation.primitive in ("add", "sub", "add_any"):
        for k in (0, 1):
            sign = -1.0 if (equation.primitive == "sub" and k == 1) else 1.0
            yield _edit(
                program,
                site,
                "missing-term",
                "keep-operand",
                {"kept": k, "negated": sign < 0},
                1.3,
                lambda e, k=k, sign=sign: lambda o: [_full(sign * o[k], e, program)],
            )
        if equation.primitive != "sub":
            yield _edit(
                program,
                site,
                "wrong-sign",
                "negate-operand",
                {"operand": 0},
                1.2,
                lambda e: lambda o: step(e, [-o[0], o[1]]),
            )
        else:
            yield _edit(
                program,
                site,
                "wrong-sign",
                "negate-both",
                {},
                1.4,
                lambda e: lambda o: [-o[0] - o[1]],
            )
    if equation.primitive in ("mul", "div"):
        for k in (0, 1) if equation.primitive == "mul" else (0,):
            yield _edit(
                program,
                site,
                "wrong-constant-factor" if _literal(program, site, 1 - k) else "missing-factor",
                "keep-operand",
                {"kept": k, "negated": False},
                1.1,
                lambda e, k=k: lambda o: [_full(o[k], e, program)],
            )
    if equation.primitive in ("exp", "log", "tanh", "logistic", "sqrt", "square", "abs", "sign"):
        yield _edit(
            program,
            site,
            "missing-factor",
            "keep-operand",
            {"kept": 0, "negated": False},
            1.6,
            lambda e: lambda o: [o[0]],
        )


def _products(program: Program, site: Site, equation: Equation) -> Iterator[Edit]:
    """Yield the other ways to contract the same two arrays to the same shape."""
    if equation.primitive == "transpose":
        yield _edit(
            program,
            site,
            "missing-transpose",
            "drop-transpose",
            {},
            1.0,
            lambda e: lambda o: [o[0]],
        )
    if equation.primitive != "dot_general":
        return
    (left, right), batch = equation.params["dimension_numbers"]
    if batch[0] or len(left) != 1:
        return
    ranks = [len(program.types[value].shape) for value in equation.inputs]
    for i in range(ranks[0]):
        for j in range(ranks[1]):
            for swapped in (False, True):
                if (i, j, swapped) == (left[0], right[0], False):
                    continue
                yield _edit(
                    program,
                    site,
                    "missing-transpose",
                    "contract",
                    {"left": i, "right": j, "swapped": swapped, "was": (left[0], right[0])},
                    1.0 + 0.1 * swapped,
                    lambda e, i=i, j=j, swapped=swapped: lambda o: [_contract(o, i, j, swapped)],
                )


def _axes(program: Program, site: Site, equation: Equation) -> Iterator[Edit]:
    """Yield the other axes to reduce, sort or accumulate over; sum for mean and mean for sum."""
    if equation.primitive in ("reduce_sum", "reduce_max", "reduce_min", "reduce_prod"):
        axes = tuple(equation.params["axes"])
        rank = len(program.types[equation.inputs[0]].shape)
        if len(axes) == 1:
            for axis in range(rank):
                if axis != axes[0]:
                    yield _changed(program, site, equation, "index-axis", {"axes": (axis,)})
    if equation.primitive == "reduce_sum":
        yield _edit(
            program,
            site,
            "wrong-reduction",
            "sum-to-mean",
            {},
            1.0,
            lambda e: lambda o: [step(e, o)[0] * (np.size(step(e, o)[0]) / np.size(o[0]))],
        )
    if equation.primitive in ("argmax", "argmin", "cumsum", "cumprod"):
        name = "axes" if equation.primitive.startswith("arg") else "axis"
        rank = len(program.types[equation.inputs[0]].shape)
        for axis in range(rank):
            new: Any = (axis,) if name == "axes" else axis
            if new != equation.params[name]:
                yield _changed(program, site, equation, "index-axis", {name: new})
    shape = program.types[equation.outputs[0]].shape
    if equation.primitive == "broadcast_in_dim" and len(equation.inputs) == 1:
        axes = equation.params["broadcast_dimensions"]
        source = program.types[equation.inputs[0]].shape
        if len(axes) == 1 and len(shape) == 2 and shape[0] == shape[1] == source[0]:
            new = (1 - axes[0],)
            yield _changed(program, site, equation, "index-axis", {"broadcast_dimensions": new})


def _choices(program: Program, site: Site, equation: Equation) -> Iterator[Edit]:
    """Yield the other branch of a choice."""
    if equation.primitive == "select_n" and len(equation.inputs) == 3:
        yield _edit(
            program,
            site,
            "wrong-branch",
            "swap-branches",
            {},
            1.0,
            lambda e: lambda o: step(e, [o[0], o[2], o[1]]),
        )
        for k in (1, 2):
            yield _edit(
                program,
                site,
                "mask-ignored",
                "keep-operand",
                {"kept": k, "negated": False},
                1.4,
                lambda e, k=k: lambda o: [o[k]],
            )
    comparisons = ("gt", "ge", "lt", "le", "eq", "ne")
    if equation.primitive in comparisons:
        for other in comparisons:
            if other not in (equation.primitive, _OPERATORS.get(equation.primitive)):
                yield _edit(
                    program,
                    site,
                    "wrong-branch",
                    "swap-operator",
                    {"old": equation.primitive, "new": other},
                    1.2,
                    lambda e, other=other: lambda o: _as(other, e, o),
                )


def _numbers(
    program: Program, site: Site, equation: Equation, factors: Mapping[str, float]
) -> Iterator[Edit]:
    """Yield other numbers for the literals of an expression."""
    if equation.primitive == "integer_pow":
        power = equation.params["y"]
        for new in (power - 1, power + 1, -power):
            yield _changed(program, site, equation, "wrong-constant-factor", {"y": new})
    for k, value in enumerate(equation.inputs):
        if value not in program.literals or np.ndim(program.constants[value]):
            continue
        old = program.constants[value].item()
        for new in _other_numbers(old, factors):
            yield _edit(
                program,
                site,
                "index-axis" if isinstance(old, int) else "wrong-constant-factor",
                "number",
                {"old": old, "new": new, "operand": k},
                1.2,
                lambda e, k=k, new=new: (
                    lambda o: step(
                        e, [np.asarray(new, x.dtype) if i == k else x for i, x in enumerate(o)]
                    )
                ),
            )


def _other_numbers(old: Any, factors: Mapping[str, float]) -> list[Any]:
    if isinstance(old, bool):
        return [not old]
    if isinstance(old, int):
        return [n for n in (old - 1, old + 1, -old, 0) if n != old]
    options = [*(length for length in factors.values() if length > 1)]
    options += [-old, 2 * old, old / 2, 3 * old, old / 3, old + 1, old - 1, old**2]
    options += [1 / old] if old else [1.0, 0.5, 2.0]
    options += [abs(old) ** 0.5, 4 * old, old / 4, 1 - old]
    return [n for n in dict.fromkeys(options) if n != old and np.isfinite(n)]


def _contract(operands: list[Any], i: int, j: int, swapped: bool) -> Any:
    product = np.tensordot(operands[0], operands[1], axes=((i,), (j,)))
    return product.T if swapped else product


def _as(primitive: str, equation: Equation, operands: list[Any]) -> list[Any]:
    """Return what another primitive makes of the same operands."""
    return step(replace(equation, primitive=primitive), operands)


def _changed(
    program: Program, site: Site, equation: Equation, kind: str, params: Mapping[str, Any]
) -> Edit:
    """Return an edit that changes static parameters of a primitive."""
    return _edit(
        program,
        site,
        kind,
        "parameter",
        {"old": {name: equation.params[name] for name in params}, "new": dict(params)},
        1.0,
        lambda e: lambda o: step(replace(e, params={**e.params, **params}), o),
    )


def _edit(
    program: Program,
    site: Site,
    kind: str,
    action: str,
    detail: Mapping[str, Any],
    cost: float,
    make: Callable[[Equation], Override],
) -> Edit:
    return Edit(
        site, kind, action, detail, cost, lambda position, _: make(program.equations[position])
    )


def _full(value: Any, equation: Equation, program: Program) -> Any:
    """Return an operand broadcast to the shape of the result it replaces."""
    return np.broadcast_to(value, program.types[equation.outputs[0]].shape)


def _literal(program: Program, site: Site, operand: int) -> bool:
    equation = program.equations[site.positions[0]]
    return equation.inputs[operand] in program.literals


def _is_float(program: Program, site: Site) -> bool:
    outputs = program.equations[site.positions[0]].outputs
    return len(outputs) == 1 and program.types[outputs[0]].dtype.kind == "f"


def _slip(primitive: str) -> str:
    """Return the kind of mistake that taking an operator for its opposite is."""
    if primitive in ("add", "sub"):
        return "wrong-sign"
    if primitive in ("mul", "div"):
        return "missing-factor"
    if primitive in ("gt", "lt", "ge", "le", "max", "min"):
        return "wrong-branch"
    if primitive.startswith("reduce"):
        return "wrong-reduction"
    return "wrong-activation-derivative"

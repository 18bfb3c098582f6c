"""Put one fault into the source of a derivation, and know what it is.

A fault replaces one expression; the line stays where it was. Its kinds are those a careful reader
would accept: a factor 2 for 3 is a wrong constant, wherever it stands.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

#: Functions of a module that hold no derivation.
FORWARD = frozenset({"inputs", "loss", "patches", "dense"})
_REDUCTIONS = {"sum": "mean", "mean": "sum"}
_SIGN, _FACTOR = frozenset({"wrong-sign"}), frozenset({"missing-factor"})
_CONSTANT = frozenset({"wrong-constant-factor"})
_TERM = frozenset({"missing-term"})
_SLOPE = frozenset({"wrong-activation-derivative"})
_FUNCTIONS = {
    "tanh": "sin",
    "exp": "sinh",
    "sin": "cos",
    "cos": "sin",
    "sigmoid": "tanh",
    "sqrt": "square",
    "sign": "tanh",
}


@dataclass(frozen=True)
class Fault:
    """A mutant.

    Attributes:
        name: What was done: "operator", "stale-operand", ...
        kinds: The kinds of mistake it may rightly be called.
        line: Where.
        old: The expression that stood there.
        new: What stands there now.
        source: The whole module, with the fault.
    """

    name: str
    kinds: frozenset[str]
    line: int
    old: str
    new: str
    source: str


def faults(source: str) -> Iterator[Fault]:
    """Yield every fault of the catalogue, wherever it fits."""
    tree = ast.parse(source)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name not in FORWARD:
            names = _names(function)
            skipped = {id(n) for d in function.decorator_list for n in ast.walk(d)}
            parents = {id(c): p for p in ast.walk(function) for c in ast.iter_child_nodes(p)}
            for node in ast.walk(function):
                if isinstance(node, ast.expr) and id(node) not in skipped:
                    for name, kinds, new in _at(node, parents.get(id(node)), names):
                        yield _put(source, node, new, name, frozenset(kinds))


def _put(source: str, node: ast.expr, new: ast.expr, name: str, kinds: frozenset[str]) -> Fault:
    lines = source.splitlines(keepends=True)
    start = sum(len(line.encode()) for line in lines[: node.lineno - 1]) + node.col_offset
    end = sum(len(line.encode()) for line in lines[: (node.end_lineno or 1) - 1])
    end += node.end_col_offset or 0
    raw = source.encode()
    text = ast.unparse(new)
    inside = f"({text})" if isinstance(new, (ast.BinOp, ast.UnaryOp, ast.Compare)) else text
    mutant = (raw[:start] + inside.encode() + raw[end:]).decode()
    return Fault(name, kinds, node.lineno, ast.unparse(node), text, mutant)


def _names(function: ast.FunctionDef) -> list[str]:
    """Return the variables of a function, in the order they are assigned."""
    found = [argument.arg for argument in function.args.args]
    names = (node for node in ast.walk(function) if isinstance(node, ast.Name))
    found.extend(name.id for name in names if isinstance(name.ctx, ast.Store))
    return list(dict.fromkeys(found))


_Change = tuple[str, frozenset[str], ast.expr]


def _at(node: ast.expr, parent: ast.AST | None, names: list[str]) -> Iterator[_Change]:
    """Yield what can be done to one expression: the name, the kinds, the new expression."""
    if isinstance(node, ast.BinOp):
        yield from _binary(node, parent)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        if not isinstance(node.operand, ast.Constant):
            yield "sign", _SIGN, node.operand
    elif isinstance(node, ast.Call):
        yield from _call(node)
    elif isinstance(node, ast.Constant):
        yield from _constant(node, parent)
    elif isinstance(node, ast.Compare):
        yield from _comparison(node)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose", frozenset({"missing-transpose"}), node.value
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _name(node, parent, names)


def _binary(node: ast.BinOp, parent: ast.AST | None) -> Iterator[_Change]:
    swaps = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
    left, right, op = node.left, node.right, type(node.op)
    if op in swaps:
        kinds = _SIGN if op in (ast.Add, ast.Sub) else _of_factor(left, right)
        yield "operator", kinds, ast.BinOp(left, swaps[op](), right)
    if op in (ast.Add, ast.Sub):
        yield "dropped-term", _TERM | _of_term(node), left
        yield "dropped-term", _TERM | _of_term(node), right if op is ast.Add else _minus(right)
    if op is ast.Sub:
        yield "swapped-operands", _SIGN, ast.BinOp(right, op(), left)
    if op is ast.Mult:
        slope = _of_term(parent) if isinstance(parent, ast.BinOp) else frozenset()
        yield "dropped-factor", _of_factor(right) | slope, left
        yield "dropped-factor", _of_factor(left) | slope, right
    if op is ast.Div:
        yield "dropped-factor", _of_factor(right), left
    if op is ast.MatMult:
        yield "swapped-operands", frozenset({"missing-transpose"}), ast.BinOp(right, op(), left)
    if op in (ast.Mult, ast.MatMult) and isinstance(parent, (ast.Assign, ast.Return, ast.Tuple)):
        yield "sign", _SIGN, _minus(node)
        yield "extra-factor", _CONSTANT, ast.BinOp(node, ast.Mult(), ast.Constant(0.5))


def _of_factor(*parts: ast.expr) -> frozenset[str]:
    """Return what leaving these out as factors may be called.

    A slope that is left out is a missing factor; a number, a constant factor; a mask, a mask
    ignored. What is a number, source text alone does not tell: both are accepted for a bare name.
    """
    kinds: set[str] = set()
    for part in parts:
        text = ast.unparse(part)
        if text == "m":  # a number of samples in one derivation, a mask in another
            kinds |= {"mask-ignored", "wrong-constant-factor"}
        elif isinstance(part, ast.Compare):
            kinds |= {"mask-ignored", "missing-factor", "wrong-branch"}
        elif _is_number(part):
            kinds |= {"wrong-constant-factor"}
        else:
            kinds |= {"missing-factor"}
            if any(
                isinstance(n, ast.BinOp) and isinstance(n.op, (ast.Sub, ast.Add, ast.Pow))
                for n in ast.walk(part)
            ):
                kinds |= {"wrong-activation-derivative"}
    return frozenset(kinds)


def _is_number(part: ast.expr) -> bool:
    if isinstance(part, ast.Call) and ast.unparse(part.func) == "len":
        return True
    names = {n.id for n in ast.walk(part) if isinstance(n, ast.Name)}
    shapes = any(
        isinstance(n, ast.Attribute) and n.attr in ("shape", "size") for n in ast.walk(part)
    )
    return shapes or names <= {"n", "m", "length", "scale", "batch", "len", "lam"}


def _of_term(node: ast.BinOp) -> frozenset[str]:
    """Return how a lost term may be called besides: next to a constant it is part of a slope."""
    numbers = (isinstance(side, ast.Constant) for side in (node.left, node.right))
    if isinstance(node.op, (ast.Add, ast.Sub)) and any(numbers):
        return _SLOPE | _FACTOR
    return frozenset()


def _minus(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), node)


def _call(node: ast.Call) -> Iterator[_Change]:
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in _REDUCTIONS:
        other = copy.deepcopy(node)
        assert isinstance(other.func, ast.Attribute)
        other.func.attr = _REDUCTIONS[function.attr]
        yield "reduction", frozenset({"wrong-reduction"}), other
        yield from _axes(node)
    if isinstance(function, ast.Attribute) and function.attr in _FUNCTIONS:
        other = copy.deepcopy(node)
        assert isinstance(other.func, ast.Attribute)
        other.func = ast.parse(f"jnp.{_FUNCTIONS[function.attr]}", mode="eval").body
        number = all(map(_is_number, node.args))
        yield "other-function", _SLOPE | (_CONSTANT if number else frozenset()), other
    if isinstance(function, ast.Attribute) and function.attr == "where":
        which, first, second = node.args
        yield "swapped-branches", frozenset({"wrong-branch"}), _with(node, [which, second, first])
        yield "mask-ignored", frozenset({"mask-ignored", "missing-factor", "wrong-branch"}), first
    if isinstance(function, ast.Attribute) and function.attr == "einsum":
        yield from _einsum(node)
    if isinstance(function, ast.Attribute) and function.attr in ("sum", "mean", "dot", "einsum"):
        zeros = ast.parse(f"jnp.zeros_like({ast.unparse(node)})", mode="eval").body
        yield "zeroed", frozenset({"zero-gradient", "unknown"}), zeros


def _with(node: ast.Call, arguments: list[ast.expr]) -> ast.Call:
    other = copy.deepcopy(node)
    other.args = arguments
    return other


def _axes(node: ast.Call) -> Iterator[_Change]:
    for k, keyword in enumerate(node.keywords):
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            other = copy.deepcopy(node)
            other.keywords[k].value = ast.Constant({0: 1, 1: 0, -1: 0}[keyword.value.value])
            yield "axis", frozenset({"index-axis"}), other


def _einsum(node: ast.Call) -> Iterator[_Change]:
    assert isinstance(node.args[0], ast.Constant)
    operands, result = node.args[0].value.split("->")
    first = operands.split(",")[0]
    for text in (f"{operands}->{result[::-1]}", f"{first[::-1]}{operands[len(first) :]}->{result}"):
        changed = _with(node, [ast.Constant(text), *node.args[1:]])
        yield "einsum-letters", frozenset({"missing-transpose", "index-axis"}), changed


def _constant(node: ast.Constant, parent: ast.AST | None) -> Iterator[_Change]:
    if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
        return
    if isinstance(parent, (ast.keyword, ast.Slice, ast.Tuple, ast.Subscript)):
        if isinstance(parent, ast.Slice):
            yield "shifted-index", frozenset({"index-axis"}), ast.Constant(node.value + 1)
        return
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow):
        kinds = _CONSTANT | _SLOPE | _FACTOR
        yield "exponent", kinds, ast.Constant(node.value + 1)
    elif isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Sub)):
        kinds = _CONSTANT | _SLOPE
        yield "constant", kinds, ast.Constant(node.value * 2)
        yield "constant", kinds, ast.Constant(node.value / 2)
    elif isinstance(parent, ast.BinOp):
        yield "constant", _CONSTANT, ast.Constant(node.value * 2)
        yield "constant", _CONSTANT, ast.Constant(node.value / 2)


def _comparison(node: ast.Compare) -> Iterator[_Change]:
    flips = {ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
    if type(node.ops[0]) in flips:
        other = copy.deepcopy(node)
        other.ops = [flips[type(node.ops[0])]()]
        yield "comparison", frozenset({"wrong-branch"}), other


def _name(node: ast.Name, parent: ast.AST | None, names: list[str]) -> Iterator[_Change]:
    """Yield every other variable; those that do not fit fail when they are run and fall out."""
    if isinstance(parent, ast.Call) and parent.func is node:
        return
    if isinstance(parent, ast.Attribute) and parent.attr not in ("T", "sum", "mean"):
        return
    for name in names:
        if name != node.id:
            yield "stale-operand", frozenset({"wrong-saved-value"}), ast.Name(name, ast.Load())
    if isinstance(parent, (ast.Tuple, ast.Dict)):
        yield "sign", _SIGN, _minus(node)
        zeros = ast.parse(f"jnp.zeros_like({node.id})", mode="eval").body
        yield "zeroed", frozenset({"zero-gradient"}), zeros
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult):
        slope = ast.parse(f"{node.id} * (1 - {node.id})", mode="eval").body
        yield "other-slope", _SLOPE | _of_factor(node), slope

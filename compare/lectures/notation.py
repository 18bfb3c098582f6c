"""An edit in the slide's notation: the source text of a small expression, as mathematics.

    jnp.sum(-2 * (y - z))    Σ_i −2(y_i − z_i)
    W.T @ below + b          Wˡᵀ xˡ⁻¹ + bˡ

Names and sums have the entry's own symbols. What shapes alone need, a broadcast or a new axis, is
left out, as slides do.
"""

import ast
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

Symbols: TypeAlias = Mapping[str, str]
#: A text, and how firmly it holds together: what is looser than its place gets brackets.
Written: TypeAlias = tuple[str, int]

SUM, PRODUCT, POWER, ATOM = range(4)

_EDIT = re.compile(r"`(?P<old>[^`]+)` -> `(?P<new>[^`]+)`")
_SIGNS = MappingProxyType({ast.Add: "+", ast.Sub: "−"})


class UnwrittenError(ValueError):
    """There is no notation for a part of the source text."""


def on_slide(edit: str, symbols: Symbols) -> str:
    """Return an edit as it would be made on the slide; "" where a part has no notation.

    Args:
        edit: ```old` -> `new```, in source text.
        symbols: The slide's, by name in the transcription.
    """
    match = _EDIT.fullmatch(edit)
    if match is None:
        return ""
    try:
        old, new = (written(match[name], symbols) for name in ("old", "new"))
    except (SyntaxError, UnwrittenError):
        return ""
    return f"`{old}` -> `{new}`" if old != new else ""


def written(source: str, symbols: Symbols) -> str:
    """Return an expression in a slide's notation.

    Raises:
        SyntaxError: If it is none.
        UnwrittenError: If a part of it has no notation.
    """
    return _write(ast.parse(source, mode="eval").body, symbols)[0]


def _write(node: ast.AST, symbols: Symbols) -> Written:
    for kind, write in _WRITERS.items():
        if isinstance(node, kind):
            return write(node, symbols)
    raise UnwrittenError(ast.dump(node))


def _within(node: ast.AST, symbols: Symbols, place: int) -> str:
    text, holds = _write(node, symbols)
    return text if holds >= place else f"({text})"


def _name(node: ast.Name, symbols: Symbols) -> Written:
    symbol = symbols.get(node.id, node.id)
    return symbol, PRODUCT if "/" in symbol else ATOM


def _number(node: ast.Constant, symbols: Symbols) -> Written:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise UnwrittenError(ast.dump(node))
    return f"{node.value:g}", ATOM


def _signed(node: ast.UnaryOp, symbols: Symbols) -> Written:
    if not isinstance(node.op, ast.USub):
        raise UnwrittenError(ast.dump(node))
    return f"−{_within(node.operand, symbols, PRODUCT)}", PRODUCT


def _operation(node: ast.BinOp, symbols: Symbols) -> Written:
    if sign := _SIGNS.get(type(node.op)):
        right = _within(node.right, symbols, SUM if sign == "+" else PRODUCT)
        right = f"({right})" if right.startswith("−") else right
        return f"{_within(node.left, symbols, SUM)} {sign} {right}", SUM
    if isinstance(node.op, ast.Pow):
        return _power(node, symbols)
    left = _within(node.left, symbols, PRODUCT)
    right = _within(node.right, symbols, POWER)
    if isinstance(node.op, ast.Div):
        return f"{left}/{right}", PRODUCT
    if not isinstance(node.op, ast.Mult | ast.MatMult):
        raise UnwrittenError(ast.dump(node))
    return f"{left}{_times(left, right)}{right}", PRODUCT


def _times(left: str, right: str) -> str:
    """Return the sign between two factors: none after a number, a space between two letters."""
    if re.fullmatch(r"−?[\d.]+", left) and not right[0].isdigit():
        return ""
    return " · " if "/" in left or right[0] in "(|" or right[0].isdigit() else " "


def _power(node: ast.BinOp, symbols: Symbols) -> Written:
    base = _within(node.left, symbols, ATOM)
    if isinstance(node.right, ast.Constant) and node.right.value in (2, 3):
        return f"{base}{'²' if node.right.value == 2 else '³'}", POWER
    return f"{base}^{_exponent(node.right, symbols)}", POWER


def _exponent(node: ast.AST, symbols: Symbols) -> str:
    text = _write(node, symbols)[0]
    return text if len(text) == 1 else f"{{{text}}}"


def _transposed(node: ast.Attribute, symbols: Symbols) -> Written:
    if node.attr != "T":
        raise UnwrittenError(ast.dump(node))
    return f"{_within(node.value, symbols, ATOM)}ᵀ", ATOM


def _new_axis(node: ast.Subscript, symbols: Symbols) -> Written:
    if not set(ast.unparse(node.slice)) <= set("(None, :)"):
        raise UnwrittenError(ast.dump(node))
    return _write(node.value, symbols)


def _call(node: ast.Call, symbols: Symbols) -> Written:
    name = ast.unparse(node.func).rpartition(".")[2]
    if not node.args:
        raise UnwrittenError(ast.dump(node))
    inside = node.args[0]
    if name == "broadcast_to":
        return _write(inside, symbols)
    if name == "sum" and "jnp.sum" in symbols:
        return f"{symbols['jnp.sum']} {_within(inside, symbols, PRODUCT)}", SUM  # Σ holds a product
    if len(node.args) > 1 or node.keywords:
        raise UnwrittenError(ast.dump(node))
    if name == "exp":
        return f"e^{_exponent(inside, symbols)}", POWER
    if name == "square":
        return f"{_within(inside, symbols, ATOM)}²", POWER
    if name in _FUNCTIONS:
        before, after = _FUNCTIONS[name]
        return f"{before}{_write(inside, symbols)[0]}{after}", ATOM
    raise UnwrittenError(ast.dump(node))


_FUNCTIONS = MappingProxyType(
    {"abs": ("|", "|"), "log": ("ln(", ")"), "sigmoid": ("σ(", ")"), "tanh": ("tanh(", ")")}
)
_WRITERS: Mapping[type, Callable[..., Written]] = MappingProxyType(
    {
        ast.Name: _name,
        ast.Constant: _number,
        ast.UnaryOp: _signed,
        ast.BinOp: _operation,
        ast.Attribute: _transposed,
        ast.Subscript: _new_axis,
        ast.Call: _call,
    }
)

"""Tell an edit in the author's own source text: ``.mean -> .sum``."""

import ast
import copy
from collections.abc import Mapping
from typing import Any

from compare.program import Place
from compare.repair.edits import Edit
from compare.repair.source import expression_at

_SYMBOLS = {"add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "div": ast.Div}
_COMPARE = {"gt": ast.Gt, "ge": ast.GtE, "lt": ast.Lt, "le": ast.LtE, "eq": ast.Eq, "ne": ast.NotEq}
_SIGNS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}
_WORDS = {"reduce_sum": "sum", "reduce_max": "max", "reduce_min": "min", "logistic": "sigmoid"}


def word(edit: Edit, factors: Mapping[str, float]) -> str:
    """Return an edit as ``old text -> new text``, or in words where the text has no such form.

    Args:
        edit: The edit.
        factors: What numbers are called: ``{"x.shape[0]": 7.0}``.
    """
    place = edit.site.place
    expression = expression_at(place) if place is not None else None
    if expression is None:
        return _in_words(edit, "the result")
    old = ast.unparse(expression)
    new = _rewritten(edit, expression, factors)
    if new is None or new == old:
        return _in_words(edit, f"`{old}`")
    return _shortest(old, new)


def _shortest(old: str, new: str) -> str:
    """Cut what a long old and new text share at both ends, at word boundaries."""
    if old.replace(".mean(", ".sum(") == new and old.count(".mean(") == 1:
        return f".mean -> .sum in `{old}`"
    if old.replace(".sum(", ".mean(") == new and old.count(".sum(") == 1:
        return f".sum -> .mean in `{old}`"
    return f"`{old}` -> `{new}`"


def _rewritten(edit: Edit, expression: ast.expr, factors: Mapping[str, float]) -> str | None:
    """Return the expression's text after the edit, None when the edit has no form there."""
    node = copy.deepcopy(expression)
    detail = edit.detail
    match edit.action:
        case "swap-operator" if isinstance(node, ast.BinOp) and detail["new"] in _SYMBOLS:
            node.op = _SYMBOLS[detail["new"]]()
        case "swap-operator" if isinstance(node, ast.Compare) and detail["new"] in _COMPARE:
            node.ops = [_COMPARE[detail["new"]]()]
        case "swap-operator" if isinstance(node, ast.Call):
            return _other_call(node, detail["old"], detail["new"])
        case "swap-operands" if isinstance(node, ast.BinOp):
            node.left, node.right = node.right, node.left
        case "negate-operand" if isinstance(node, ast.BinOp):
            node.left = ast.UnaryOp(ast.USub(), node.left)
        case "negate-both" if isinstance(node, ast.BinOp):
            node.left = ast.UnaryOp(ast.USub(), node.left)
        case "drop-negation" if isinstance(node, ast.UnaryOp):
            return ast.unparse(node.operand)
        case "keep-operand" if isinstance(node, ast.BinOp):
            return _kept(node, detail)
        case "keep-operand" if isinstance(node, ast.Call) and len(node.args) > detail["kept"]:
            return ast.unparse(node.args[detail["kept"]])
        case "keep-operand" if _reduces(node, "mean"):
            return _renamed(node, "mean", "sum")
        case "sum-to-mean" if _reduces(node, "sum"):
            return _renamed(node, "sum", "mean")
        case "contract":
            return _transposed(node, detail)
        case "drop-transpose" if isinstance(node, ast.Attribute):
            return ast.unparse(node.value)
        case "swap-branches" if isinstance(node, ast.Call) and len(node.args) == 3:
            node.args[1], node.args[2] = node.args[2], node.args[1]
        case "number":
            return _renumbered(node, detail, factors)
        case "parameter":
            return _reparametrised(node, detail)
        case "negate":
            return f"-{_parenthesised(node)}"
        case "scale":
            return _scaled(node, detail)
        case "replace":
            return _replaced(node, detail)
        case "multiply" | "divide" | "add" | "subtract":
            sign = {"multiply": "*", "divide": "/", "add": "+", "subtract": "-"}[edit.action]
            text = detail["text"] + ("[..., None]" if detail["slot"] else "")
            return f"{_parenthesised(node)} {sign} {text}"
        case _:
            return None
    return ast.unparse(ast.fix_missing_locations(node))


def _in_words(edit: Edit, what: str) -> str:
    detail = edit.detail
    match edit.action:
        case "swap-operator":
            old, new = (_WORDS.get(detail[k], detail[k]) for k in ("old", "new"))
            return f"in {what}: {_SIGNS.get(old, old)} -> {_SIGNS.get(new, new)}"
        case "swap-operands":
            return f"swap the operands of {what}"
        case "negate" | "negate-operand" | "negate-both":
            return f"change the sign of {what}"
        case "drop-negation":
            return f"drop the minus of {what}"
        case "keep-operand":
            ordinal = ("first", "second", "third")[detail["kept"]]
            return f"keep only the {ordinal} operand of {what}"
        case "sum-to-mean":
            return f"take the mean, not the sum, in {what}"
        case "contract" | "drop-transpose":
            return f"transpose a factor of {what}"
        case "swap-branches":
            return f"swap the two branches of {what}"
        case "number":
            return f"in {what}: {detail['old']:g} -> {detail['new']:g}"
        case "parameter":
            old = ", ".join(f"{k}={v}" for k, v in detail["old"].items())
            new = ", ".join(f"{k}={v}" for k, v in detail["new"].items())
            return f"in {what}: {old} -> {new}"
        case "scale":
            return f"multiply {what} by {detail['name']}"
        case "replace":
            return f"use {detail['text']} in {what}"
        case "divide":
            return f"divide {what} by {detail['text']}"
        case "subtract":
            return f"subtract {detail['text']} from {what}"
        case "add":
            return f"add {detail['text']} to {what}"
        case _:
            return f"{edit.action} {what} {detail.get('text', '')}".strip()


def _kept(node: ast.BinOp, detail: Mapping[str, Any]) -> str:
    kept = node.left if detail["kept"] == 0 else node.right
    text = ast.unparse(kept)
    return f"-{_parenthesised(kept)}" if detail["negated"] else text


def _other_call(node: ast.Call, old: str, new: str) -> str | None:
    old, new = _WORDS.get(old, old), _WORDS.get(new, new)
    return _renamed(node, old, new)


def _renamed(node: ast.expr, old: str, new: str) -> str | None:
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == old:
            function.attr = new
            return ast.unparse(node)
        if isinstance(function, ast.Name) and function.id == old:
            function.id = new
            return ast.unparse(node)
    return None


def _reduces(node: ast.expr, name: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return getattr(function, "attr", getattr(function, "id", "")) == name


def _transposed(node: ast.expr, detail: Mapping[str, Any]) -> str | None:
    """Word another contraction of ``left @ right`` through transposes of its factors."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)):
        return None
    left, right = detail["left"], detail["right"]
    was_left, was_right = detail["was"]
    first = _flip(node.left) if left != was_left else node.left
    second = _flip(node.right) if right != was_right else node.right
    if detail["swapped"]:
        first, second = _flip(second), _flip(first)
    return ast.unparse(ast.BinOp(first, ast.MatMult(), second))


def _flip(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


def _renumbered(
    node: ast.expr, detail: Mapping[str, Any], factors: Mapping[str, float]
) -> str | None:
    """Put another number in the place of the literal, or of the side that came to it."""
    old, new = detail["old"], detail["new"]
    hits = [
        child
        for child in ast.walk(node)
        if isinstance(child, ast.Constant)
        and isinstance(child.value, (int, float))
        and not isinstance(child.value, bool)
        and child.value == old
    ]
    named = next((name for name, factor in factors.items() if factor == new and "." in name), None)
    whole = float(new).is_integer() and (not hits or isinstance(hits[0].value, int))
    text = named or repr(int(new) if whole else new)
    replacement = ast.parse(text, mode="eval").body
    if len(hits) == 1:
        return ast.unparse(_Swap(hits[0], replacement).visit(node))
    if not hits and isinstance(node, ast.BinOp):
        side = node.left if detail["operand"] == 0 else node.right
        return ast.unparse(_Swap(side, replacement).visit(node))
    return None


class _Swap(ast.NodeTransformer):
    """Put one node in the place of another."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)


def _reparametrised(node: ast.expr, detail: Mapping[str, Any]) -> str | None:
    old, new = detail["old"], detail["new"]
    if "y" in new and isinstance(node, ast.BinOp):  # a power
        node.right = ast.Constant(new["y"])
        return ast.unparse(node)
    if isinstance(node, ast.Call) and ("axes" in new or "axis" in new):
        axis = new.get("axis", new.get("axes"))
        axis = axis[0] if isinstance(axis, tuple) else axis
        for keyword in node.keywords:
            if keyword.arg == "axis":
                keyword.value = ast.Constant(axis)
                return ast.unparse(node)
        is_method = isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)
        slot = 0 if is_method else 1
        if len(node.args) > slot:
            node.args[slot] = ast.Constant(axis)
            return ast.unparse(node)
    del old
    return None


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("jnp", "np", "jax", "lax", "numpy")


def _scaled(node: ast.expr, detail: Mapping[str, Any]) -> str:
    name, factor = detail["name"], detail["factor"]
    if name.startswith("1/"):
        return f"{_parenthesised(node)} / {name[2:]}"
    if 0 < factor < 1 and (1 / factor).is_integer():
        return f"{_parenthesised(node)} / {int(1 / factor)}"
    return f"{name} * {_parenthesised(node)}"


def _replaced(node: ast.expr, detail: Mapping[str, Any]) -> str | None:
    slot, text = detail["slot"], detail["text"]
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return f"{text}.T" if text.isidentifier() else f"({text}).T"
    if isinstance(node, ast.BinOp):
        wrap = text if text.isidentifier() or text.endswith((")", "]")) else f"({text})"
        new = ast.parse(wrap, mode="eval").body
        old_side = node.left if slot == 0 else node.right
        if isinstance(old_side, ast.Attribute) and old_side.attr == "T":
            old_side.value = new
        elif slot == 0:
            node.left = new
        else:
            node.right = new
        return ast.unparse(node)
    if isinstance(node, ast.Call) and len(node.args) > slot:
        node.args[slot] = ast.parse(text, mode="eval").body
        return ast.unparse(node)
    if isinstance(node, ast.UnaryOp):
        return f"-{text}"
    return None


def _parenthesised(node: ast.expr) -> str:
    text = ast.unparse(node)
    simple = isinstance(node, (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant))
    if simple or (isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.MatMult))):
        return text
    return f"({text})"

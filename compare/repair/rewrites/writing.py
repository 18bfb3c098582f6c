"""Small helpers to write expressions."""

import ast
import functools
from typing import Any

import numpy as np

#: Modules that functions are written after; they are no values.
MODULES = frozenset({"jnp", "np", "jax", "lax", "numpy", "math", "scipy"})


def parsed(text: str) -> ast.expr:
    """Return the expression of a text."""
    return _parsed(text)


@functools.lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def binary(left: ast.expr, operator: type[ast.operator], right: ast.expr) -> ast.BinOp:
    """Return ``left operator right``."""
    return ast.BinOp(left, operator(), right)


def negative(node: ast.expr) -> ast.expr:
    """Return ``-node``; of ``-node``, ``node``."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    return ast.UnaryOp(ast.USub(), node)


def transposed(node: ast.expr) -> ast.expr:
    """Return ``node.T``; of ``node.T``, ``node``."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


def constant(value: Any) -> ast.expr:
    """Return a number as source text."""
    if isinstance(value, float):
        value = float(f"{value:.12g}")
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def method(node: ast.expr, name: str, axis: int, kept: bool = False) -> ast.expr:
    """Return ``node.name(axis=axis)``."""
    keywords = [ast.keyword("axis", constant(axis))]
    keywords += [ast.keyword("keepdims", ast.Constant(True))] if kept else []
    return ast.Call(ast.Attribute(node, name, ast.Load()), [], keywords)


def with_arguments(node: ast.Call, arguments: list[ast.expr]) -> ast.Call:
    """Return a call with other positional arguments."""
    return ast.Call(node.func, arguments, node.keywords)


def with_keyword(node: ast.Call, name: str, value: ast.expr) -> ast.Call:
    """Return a call with one keyword's value changed."""
    keywords = [ast.keyword(k.arg, value) if k.arg == name else k for k in node.keywords]
    return ast.Call(node.func, node.args, keywords)


def called(node: ast.AST | None) -> str:
    """Return the name of the function or method that is called, "" when it is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def is_method(node: ast.Call) -> bool:
    """Whether a call is a method of a value, not a function of a module."""
    function = node.func
    if not isinstance(function, ast.Attribute):
        return False
    base = function.value
    while isinstance(base, ast.Attribute):
        base = base.value
    return not (isinstance(base, ast.Name) and base.id in MODULES)


def factor_kind(content: Any) -> str:
    """Return what leaving out a factor like this is."""
    array = np.asarray(content)
    if is_mask(array):
        return "mask-ignored"
    return "wrong-constant-factor" if array.ndim == 0 else "missing-factor"


def is_mask(array: np.ndarray) -> bool:
    """Whether an array is of zeros and ones; one-hot rows, which are no mask, sum to 1."""
    if array.dtype == bool:
        return True
    if array.size <= 2 or set(np.unique(array)) != {0.0, 1.0}:
        return False
    return not bool(np.all(array.sum(axis=-1) == 1))

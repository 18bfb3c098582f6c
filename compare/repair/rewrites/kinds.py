"""What kind of mistake a rewritten expression mends, going by both texts."""

import ast
from collections.abc import Iterator

from compare.repair.reading import Reading, as_array
from compare.repair.rewrites.terms import Term
from compare.repair.rewrites.writing import called, factor_kind

_REDUCE = frozenset({"sum", "mean", "prod", "max", "min"})
_PRODUCTS = frozenset({"dot", "matmul", "outer", "einsum", "tensordot"})


def kind_of_factor(term: Term) -> str:
    """Return what leaving out a factor like this is."""
    if isinstance(term.node, ast.Compare):
        return "missing-factor"
    return factor_kind(term.content)


def kind_of(old: ast.expr, new: ast.expr, reading: Reading) -> str:
    """Return what is mended by writing one expression in the place of another."""
    found = reading.array(old)
    if found.dtype.kind == "f" and found.size and not found.any():
        return "zero-gradient"
    if _names(old) == _names(new):
        return _same_names(old, new)
    for outer, inner in ((new, old), (old, new)):
        if isinstance(outer, ast.BinOp) and ast.unparse(inner) in _sides(outer):
            for operators, kind in _MORE:
                if isinstance(outer.op, operators):
                    return kind
    if (called(old) in _REDUCE) != (called(new) in _REDUCE):
        return "wrong-reduction"
    if reading.array(old).ndim == 0:
        return _kind_of_number(old, new, as_array(reading.try_out(new)).ndim == 0)
    if isinstance(new, ast.BinOp) and _is_slope(new):
        return "wrong-activation-derivative"
    return "wrong-saved-value"


def _kind_of_number(old: ast.expr, new: ast.expr, number: bool) -> str:
    """Return what is mended by another expression for a number; one variable is another's slip."""
    if not number and isinstance(old, ast.Name) and isinstance(new, ast.Name):
        return "wrong-saved-value"
    return "wrong-constant-factor" if number else "missing-factor"


#: What one text has more than the other.
_MORE = (((ast.Add, ast.Sub), "missing-term"), ((ast.Mult, ast.Div), "missing-factor"))


def _same_names(old: ast.expr, new: ast.expr) -> str:
    """Return the kind of a mistake in what is done with the right variables."""
    if _multiplies(old) and _multiplies(new):
        return "missing-transpose"
    if called(old) in _REDUCE and called(new) == called(old):
        return "index-axis"
    if called(old) in _REDUCE or called(new) in _REDUCE:
        return "wrong-reduction"
    if isinstance(new, ast.UnaryOp) or isinstance(old, ast.UnaryOp):
        return "wrong-sign"
    other = called(new) and called(old) and called(new) != called(old)
    if other or _is_slope(new) or _is_slope(old):
        return "wrong-activation-derivative"
    return "wrong-saved-value"


def _multiplies(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult)
    return called(node) in _PRODUCTS or (isinstance(node, ast.Attribute) and node.attr == "T")


def _is_slope(node: ast.expr) -> bool:
    """Whether an expression has a number added, or a power: most slopes do."""
    return any(
        isinstance(part, ast.BinOp)
        and isinstance(part.op, (ast.Add, ast.Sub, ast.Pow))
        and any(isinstance(side, ast.Constant) for side in (part.left, part.right))
        for part in ast.walk(node)
    )


def in_slope(node: ast.expr, reading: Reading) -> bool:
    """Whether an expression is part of a slope: a number is added to it, as in ``1 - node``."""
    parent = reading.parents.get(id(node))
    if not (isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Sub))):
        return False
    others = (side for side in (parent.left, parent.right) if side is not node)
    return any(isinstance(side, ast.Constant) for side in others)


def _names(node: ast.expr) -> list[str]:
    return sorted(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id != "jnp")


def _sides(node: ast.BinOp) -> Iterator[str]:
    return iter((ast.unparse(node.left), ast.unparse(node.right)))

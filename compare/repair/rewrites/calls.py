"""Another function, other arguments: what a call may have been meant to be."""

import ast
import types
from collections.abc import Iterator

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.writing import called, with_arguments, with_keyword

#: Functions that are taken for one another.
_RELATED = (
    ("tanh", "sin", "sigmoid", "cos", "sign", "arctan"),
    ("exp", "log", "expm1", "log1p", "sinh", "cosh"),
    ("maximum", "minimum"),
    ("max", "min", "sum", "mean"),
    ("argmax", "argmin"),
    ("sqrt", "square", "reciprocal"),
    ("floor", "ceil", "round"),
    ("ones_like", "zeros_like"),
    ("sigmoid", "softmax", "relu"),
    ("sigmoid", "exp", "log1p", "softplus"),
)


def calls(node: ast.Call, reading: Reading) -> Iterator[Change]:
    """Yield a related function, branches swapped, arguments swapped."""
    name = called(node)
    for related in _RELATED:
        if name in related:
            for other in related:
                if other != name:
                    yield Change(node, _renamed(node, other), _slip_of(name, other), 1.3)
    if name == "where" and len(node.args) == 3:
        which, first, second = node.args
        swapped = with_arguments(node, [which, second, first])
        yield Change(node, swapped, "wrong-branch", 1.0)
        yield Change(node, first, "mask-ignored", 1.4)
        yield Change(node, second, "mask-ignored", 1.4)
    elif len(node.args) == 2:
        yield Change(node, with_arguments(node, node.args[::-1]), "index-axis", 1.3)
    if name in ("zeros_like", "zeros") and len(node.args) == 1:
        yield Change(node, node.args[0], "zero-gradient", 0.9)
    elif len(node.args) == 1 and not node.keywords and reading.array(node).size > 1:
        yield Change(node, node.args[0], "missing-factor", 1.6)
    yield from _updates(node, reading)
    if name == "cumsum" and len(node.args) == 1 and ast.unparse(node).endswith((")", "axis=0)")):
        turned = ast.parse("_[::-1]", mode="eval").body
        assert isinstance(turned, ast.Subscript)
        inner = ast.Subscript(node.args[0], turned.slice, ast.Load())
        call = with_arguments(node, [inner])
        yield Change(node, ast.Subscript(call, turned.slice, ast.Load()), "missing-transpose", 1.0)


def _updates(node: ast.Call, reading: Reading) -> Iterator[Change]:
    """Yield ``x`` for ``x.at[i].set(y)``: an element was changed; and ``.add`` for ``.set``."""
    function = node.func
    if not (isinstance(function, ast.Attribute) and isinstance(function.value, ast.Subscript)):
        return
    place = function.value.value
    if not (isinstance(place, ast.Attribute) and place.attr == "at" and node.args):
        return
    value = reading.array(node.args[0])
    number = float(value) if value.shape == () and value.dtype.kind in "fi" else None
    kind = {"add": "missing-term", "set": "wrong-saved-value"}.get(function.attr, "missing-factor")
    if function.attr == "set" and number == 0:
        kind = "zero-gradient"
    elif function.attr in ("multiply", "mul") and number is not None:
        kind = "wrong-sign" if number == -1 else "wrong-constant-factor"
    yield Change(node, place.value, kind, 0.9)
    if function.attr == "set":
        added = ast.Attribute(function.value, "add", ast.Load())
        yield Change(node, ast.Call(added, node.args, node.keywords), "missing-term", 0.8)


def flags(node: ast.Call, reading: Reading) -> Iterator[Change]:
    """Yield a flag turned over."""
    for keyword in node.keywords:
        flag = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg and isinstance(flag, bool):
            turned = with_keyword(node, keyword.arg, ast.Constant(not flag))
            yield Change(node, turned, "index-axis", 1.2)
    if called(node) == "scan" and all(keyword.arg != "reverse" for keyword in node.keywords):
        keywords = [*node.keywords, ast.keyword("reverse", ast.Constant(True))]
        yield Change(node, ast.Call(node.func, node.args, keywords), "index-axis", 1.4)


def _renamed(node: ast.Call, name: str) -> ast.Call:
    function = node.func
    if isinstance(function, ast.Attribute):
        base = function.value
        if name in ("sigmoid", "softmax", "relu", "softplus"):
            base = ast.parse("jax.nn", mode="eval").body
        elif ast.unparse(base) == "jax.nn":
            base = ast.Name("jnp", ast.Load())
        return ast.Call(ast.Attribute(base, name, ast.Load()), node.args, node.keywords)
    return ast.Call(ast.Name(name, ast.Load()), node.args, node.keywords)


def author_functions(node: ast.Call, reading: Reading) -> Iterator[Change]:
    """Yield another function of the author's that takes as many arguments: a slope, say."""
    scope = reading.statement.runs[0].moment.everywhere
    own = scope.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if not isinstance(own, types.FunctionType):
        return
    for name, other in scope.items():
        if (
            isinstance(other, types.FunctionType)
            and other is not own
            and other.__code__.co_filename == own.__code__.co_filename
            and other.__code__.co_argcount == own.__code__.co_argcount
            and name != reading.statement.function
        ):
            call = ast.Call(ast.Name(name, ast.Load()), node.args, node.keywords)
            yield Change(node, call, "wrong-activation-derivative", 1.1)


def _slip_of(old: str, new: str) -> str:
    if old in ("max", "min", "sum", "mean"):
        return "wrong-reduction"
    if old in ("maximum", "minimum", "argmax", "argmin"):
        return "wrong-branch"
    return "zero-gradient" if old == "zeros_like" else "wrong-activation-derivative"

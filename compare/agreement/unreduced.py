"""A gradient with an axis too many: what was broadcast forwards was not summed backwards.

Such a derivation cannot be compared, but it can be mended: summed over the axes that were added,
its gradients either agree with autodiff or they do not.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp

from compare.agreement.errors import GradientStructureError
from compare.agreement.judge import judge
from compare.agreement.question import Question, same_tree
from compare.program import with_float64
from compare.program.watch import Watched, watch
from compare.repair.statements import Statement, results_of, span_of, statements
from compare.report import Diagnosis, text
from compare.report.diagnosis import KINDS


def with_cause(
    error: GradientStructureError, question: Question, seed: int = 0
) -> GradientStructureError:
    """Return an error with the diagnosis, where summing makes the gradients agree.

    Args:
        error: Why the derivation could not be compared.
        question: What was asked.
        seed: Of the comparison of the mended derivation.
    """
    try:
        diagnosis = _diagnosis(question, seed)
    except Exception:  # noqa: BLE001  the derivation is not fit to be run: the error says so
        return error
    if diagnosis is None:
        return error
    told = "\n".join((str(error), *text.cause(diagnosis)))
    return GradientStructureError(told, diagnosis)


def _diagnosis(question: Question, seed: int) -> Diagnosis | None:
    shapes = jax.eval_shape(question.gradient_of, *question.arguments.values)
    wanted = question.arguments.wanted
    if not same_tree(shapes, wanted):
        return None
    axes = [
        _added(tuple(leaf.shape), jnp.shape(like))
        for leaf, like in zip(jax.tree.leaves(shapes), jax.tree.leaves(wanted), strict=True)
    ]
    if None in axes or not any(axes):
        return None

    def mended(*args: Any) -> Any:
        leaves, tree = jax.tree.flatten(question.gradient(*args))
        summed = zip(leaves, axes, jax.tree.leaves(wanted), strict=True)
        fitted = [
            leaf.sum(axis=over).reshape(jnp.shape(like)) if over else leaf
            for leaf, over, like in summed
        ]
        return jax.tree.unflatten(tree, fitted)

    report = judge(replace(question, gradient=mended), seed, vary=False, explain=False)
    first = next(k for k, over in enumerate(axes) if over)
    return _placed(question, first, axes[first] or (), jnp.shape(jax.tree.leaves(wanted)[first]),
                   report.agrees)  # fmt: skip


def _added(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the axes that a gradient has too many, or too long; None when that is not all."""
    extra = len(shape) - len(wanted)
    if extra < 0:
        return None
    full = (1,) * extra + wanted
    longer = tuple(k for k, (a, b) in enumerate(zip(shape, full, strict=True)) if a != b)
    if any(full[k] != 1 for k in longer):
        return None
    return tuple(sorted({*range(extra), *longer}))


def _placed(
    question: Question, leaf: int, axes: tuple[int, ...], shape: tuple[int, ...], agrees: bool
) -> Diagnosis:
    """Return the diagnosis, at the expression that gives the gradient."""
    over = str(axes[0]) if len(axes) == 1 else str(axes)
    method = f".sum(axis={over}, keepdims=True)" if _kept(axes, shape) else f".sum(axis={over})"
    diagnosis = Diagnosis(
        "broadcast-not-reduced",
        edit=f"add {method}",
        verified=agrees,
        why=KINDS["broadcast-not-reduced"],
    )
    found = _expression(question, leaf)
    if found is None:
        return diagnosis
    statement, node = found
    plain = ast.unparse(node)
    simple = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
    new = f"{plain}{method}" if simple else f"({plain}){method}"
    lines = text_of(statement)
    return replace(
        diagnosis,
        file=statement.file,
        line=node.lineno,
        code=lines,
        columns=(node.col_offset, node.end_col_offset or 0) if _one_line(node) else (0, 0),
        edit=f"`{plain}` -> `{new}`",
    )


def _kept(axes: Sequence[int], shape: tuple[int, ...]) -> bool:
    return all(axis < len(shape) and shape[axis] == 1 for axis in axes)


def _one_line(node: ast.expr) -> bool:
    return node.lineno == node.end_lineno


def text_of(statement: Statement) -> str:
    """Return the source line that a statement starts in."""
    import linecache

    return linecache.getline(statement.file, statement.node.lineno).rstrip()


def _expression(question: Question, leaf: int) -> tuple[Statement, ast.expr] | None:
    """Return the expression that a leaf of the gradient is: where it is named, or returned."""
    values = [jnp.asarray(value) for value in question.arguments.values]
    with with_float64():
        watched = watch(lambda *given: jax.tree.leaves(question.gradient_of(*given)), *values)
    source = watched.sources[leaf]
    ordered = statements(watched)
    found = [one for statement in reversed(ordered) for one in _giving(watched, statement, source)]
    bare = [(s, n) for s, n in found if isinstance(n, ast.Name)]
    used = sum(source in equation.inputs for equation in watched.program.equations)
    if bare and used > 1:  # others need it as it is
        return next((one for one in bare if isinstance(one[0].node, ast.Assign)), bare[0])
    written = [(s, n) for s, n in found if not isinstance(n, ast.Name)]
    return next(iter(written), next(iter(bare), None))


def _giving(
    watched: Watched, statement: Statement, source: int
) -> Iterator[tuple[Statement, ast.expr]]:
    """Yield the expressions of a statement that are a value: variables, or what computes it."""
    run = statement.runs[-1]
    results = results_of(statement, run, watched.program.equations)
    todo: list[ast.expr] = [statement.root]
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.Name):
            ref = run.moment.names.get(node.id)
            if getattr(ref, "value", None) == source:
                yield statement, node
        elif results.get(span_of(statement, node)) == source:
            yield statement, node
        elif isinstance(node, (ast.Tuple, ast.List)):
            todo.extend(node.elts)
        elif isinstance(node, ast.Dict):
            todo.extend(node.values)
        elif isinstance(node, ast.Call):
            todo.extend([*node.args, *(keyword.value for keyword in node.keywords)])

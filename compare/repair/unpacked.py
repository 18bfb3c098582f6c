"""Statements that unpack what a call returns: ``(carry, total), _ = scan(...)``."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import jax

from compare.program.program import Value
from compare.program.watch import Ref
from compare.repair.reading import Reading


def assigned_values(reading: Reading) -> Mapping[int, Value]:
    """Return the values that a statement's variables got, by their number in what it unpacks.

    Empty where it ran several times, or under ``vmap``, or unpacks nothing, or where a variable got
    what was there before.
    """
    statement, node = reading.statement, reading.statement.node
    if len(statement.runs) != 1 or reading.mapped or not isinstance(statement.root, ast.Call):
        return {}
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], (ast.Tuple, ast.List)):
        return {}
    content = reading.sample(statement.root)
    leaves = jax.tree.leaves(content)
    program, run = reading.desk.watched.program, statement.runs[0]
    equations, writer = program.equations, program.writer
    found: dict[int, Value] = {}
    for k, ref in enumerate(_refs(node.targets[0], content, run.after.names)):
        if isinstance(ref, Ref):
            position = writer.get(ref.value, -1)
            if not run.start <= position < run.stop or len(equations[position].outputs) > 1:
                return {}
            found[k] = ref.value
    return found if leaves and max(found, default=0) < len(leaves) else {}


def _refs(target: ast.expr, content: Any, names: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what the variables of a target hold, in order; None for each leaf that is not kept.

    A name that stands there twice, ``_`` say, holds what came last.
    """
    if isinstance(target, (ast.Tuple, ast.List)) and isinstance(content, (tuple, list)):
        for part, inner in zip(target.elts, content, strict=False):
            yield from _refs(part, inner, names)
        return
    held: list[Any] = []
    if isinstance(target, ast.Name) and target.id != "_":
        held = jax.tree.leaves(names.get(target.id), is_leaf=lambda leaf: isinstance(leaf, Ref))
    count = len(jax.tree.leaves(content))
    yield from held if len(held) == count else [None] * count

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
    leaves = jax.tree.leaves(reading.sample(statement.root))
    program, run = reading.desk.watched.program, statement.runs[0]
    equations, writer = program.equations, program.writer
    found: dict[int, Value] = {}
    for k, ref in enumerate(_refs(node.targets[0], run.after.names)):
        if isinstance(ref, Ref):
            position = writer.get(ref.value, -1)
            if not run.start <= position < run.stop or len(equations[position].outputs) > 1:
                return {}
            found[k] = ref.value
    return found if leaves and max(found, default=0) < len(leaves) else {}


def _refs(target: ast.expr, names: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what the variables of a target hold, in order; what is not kept has no place."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from _refs(part, names)
    elif isinstance(target, ast.Name):
        content = names.get(target.id)
        yield from jax.tree.leaves(content, is_leaf=lambda leaf: isinstance(leaf, Ref))

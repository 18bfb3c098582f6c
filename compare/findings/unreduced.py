"""A gradient with more axes than its argument: what was broadcast forwards is not summed backwards.

Nothing can be compared element by element then. But whether the sum over the axes that are too many
is the right gradient can be found out, and where in the source it belongs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp

from compare.agreement import check_gradient
from compare.agreement.arguments import Argnums, split
from compare.agreement.question import same_tree
from compare.findings.returned import returned_at
from compare.program import trace_of
from compare.report import Diagnosis
from compare.report.diagnosis import KINDS

KIND = "broadcast-not-reduced"


@dataclass(frozen=True)
class Excess:
    """One leaf with too many numbers.

    Attributes:
        number: Which of the leaves.
        path: Where in what the derivation returns.
        axes: What to sum over.
        keepdims: Whether the axes stay, with length 1.
    """

    number: int
    path: tuple[Any, ...]
    axes: tuple[int, ...]
    keepdims: bool

    @property
    def call(self) -> str:
        """The sum as it is written behind an expression."""
        axis = self.axes[0] if len(self.axes) == 1 else self.axes
        return f".sum(axis={axis}{', keepdims=True' if self.keepdims else ''})"

    def reduced(self, leaf: Any) -> Any:
        """Return the leaf, summed."""
        return jnp.sum(leaf, axis=self.axes, keepdims=self.keepdims)


def unreduced(
    loss: Callable[..., Any],
    gradient: Callable[..., Any],
    args: Sequence[Any],
    argnums: Argnums = 0,
    seed: int = 0,
) -> Diagnosis | None:
    """Return the diagnosis of a gradient that lacks sums and is otherwise of the right form.

    Returns:
        The first such leaf, with the others further; None when another thing is the matter.
    """
    arguments = split(loss, args, argnums)
    trace = trace_of(lambda *values: gradient(*arguments.rebuild(values)), *arguments.values)
    given, tree = jax.tree.flatten_with_path(trace.result)
    wanted = jax.tree.leaves(arguments.wanted)
    if not same_tree(trace.result, arguments.wanted):
        return None
    found = [
        _excess(k, path, tuple(leaf.shape), jnp.shape(like))
        for k, ((path, leaf), like) in enumerate(zip(given, wanted, strict=True))
        if tuple(leaf.shape) != jnp.shape(like)
    ]
    excess = [one for one in found if one is not None]
    if not excess or len(excess) < len(found):
        return None

    def summed(*values: Any) -> Any:
        leaves = jax.tree.leaves(gradient(*values))
        for one in excess:
            leaves[one.number] = one.reduced(leaves[one.number])
        return jax.tree.unflatten(tree, leaves)

    report = check_gradient(
        loss, summed, *args, argnums=argnums, seed=seed, vary=False, explain=False
    )
    verdicts = {node.name: node.good for node in report.nodes}
    told = [
        _diagnosis(gradient, one, arguments.leaf_names[one.number], trace.as_it_is, verdicts)
        for one in excess
    ]
    return replace(told[0], further=tuple(told[1:]))


def _excess(
    number: int, path: tuple[Any, ...], shape: tuple[int, ...], wanted: tuple[int, ...]
) -> Excess | None:
    extra = len(shape) - len(wanted)
    if extra > 0 and shape[extra:] == wanted:
        return Excess(number, path, tuple(range(extra)), False)
    if extra == 0:
        axes = tuple(i for i, (a, b) in enumerate(zip(shape, wanted, strict=True)) if a != b)
        if all(wanted[axis] == 1 for axis in axes):
            return Excess(number, path, axes, True)
    return None


def _diagnosis(
    gradient: Callable[..., Any], one: Excess, name: str, program: Any, good: dict[str, bool]
) -> Diagnosis:
    verified = good.get(name, False)
    said = (
        "is the gradient" if verified else "is not yet the gradient: something else is wrong, too"
    )
    told = Diagnosis(
        KIND,
        why=KINDS[KIND],
        evidence=f"summed over the axes that {name} does not have, it {said}",
        verified=verified,
    )
    written = returned_at(gradient, one.path)
    if written is not None:
        edit = f"`{written.text}` -> `{written.followed_by(one.call)}`"
        return replace(told, edit=edit, **_where(written))
    position = program.writer.get(program.outputs[one.number])
    place = program.equations[position].place if position is not None else None
    return replace(told, edit=f"append {one.call}", **(_where(place) if place else {}))


def _where(place: Any) -> dict[str, Any]:
    """Return a place as fields of a diagnosis."""
    return {name: getattr(place, name) for name in ("file", "line", "code", "columns")}

"""One mistake as data, and how it is planted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from compare.mistakes import place as at
from compare.mistakes.derivation import Derivation, Equations, derive
from compare.mistakes.place import Condition, Place
from compare.report.diagnosis import KINDS
from functional_nn import MLP


@dataclass(frozen=True)
class _Address:
    """Where an equation's result appears first, and what lets a gradient reach it."""

    node: str
    needs: tuple[Condition, ...]


_ADDRESSES: Mapping[str, _Address] = MappingProxyType(
    {
        "output_delta": _Address("z{layer}", (at.output_layer, at.delta_arrives)),
        "slope": _Address("z{layer}", (at.du_arrives,)),
        "pull_back": _Address("z{below}", (at.layer_below, at.delta_arrives_below)),
        "weight_gradient": _Address("[{below}].weight", (at.delta_arrives,)),
        "bias_gradient": _Address("[{below}].bias", (at.delta_arrives,)),
        "penalty": _Address("[{below}].weight", (at.penalized,)),
    }
)


@dataclass(frozen=True)
class Mistake:
    """A mistaken equation.

    Attributes:
        id: ``bias-mean-for-sum``.
        kind: One of ``compare.report.diagnosis.KINDS``.
        what: The mistake in one sentence.
        equation: Name of the equation it replaces (a field of ``Equations``).
        formula: The mistaken equation.
        needs: What a place must have for the mistake to show there.
    """

    id: str
    kind: str
    what: str
    equation: str
    formula: Callable[..., Any]
    needs: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a kind or an equation that is not in the lists."""
        if self.kind not in KINDS or self.equation not in _ADDRESSES:
            raise ValueError(f"{self.id}: unknown kind {self.kind!r} or equation {self.equation!r}")

    def node(self, layer: int) -> str:
        """Return the first wrong node: ``z2``, or ``[1].bias`` as in ``jax.tree_util.keystr``."""
        return _ADDRESSES[self.equation].node.format(layer=layer, below=layer - 1)

    def applies(self, place: Place) -> bool:
        """Whether the mistake can be made, and can show, at a place."""
        return all(need(place) for need in (*_ADDRESSES[self.equation].needs, *self.needs))

    def layers(self, mlp: MLP, batch: int, weighted: bool = False) -> tuple[int, ...]:
        """Return the numbers of the layers where it applies."""
        places = (Place(mlp, layer, batch, weighted) for layer in range(1, mlp.depth + 1))
        return tuple(place.layer for place in places if self.applies(place))

    def plant(self, mlp: MLP, layer: int) -> Derivation:
        """Return the derivation that has this mistake in ``layer`` and is right elsewhere.

        Returns:
            ``f(params, x, y, weights=None) -> (grads, deltas)``.
        """
        wrong = Equations(**{self.equation: self.formula})
        mistaken = derive(mlp, lambda number: wrong if number == layer else Equations())
        mistaken.__name__ = f"{self.formula.__name__}_in_layer_{layer}"
        return mistaken


def planted(equation: str, kind: str, *needs: Condition) -> Callable[[Callable[..., Any]], Mistake]:
    """Make a ``Mistake`` of a mistaken equation; its name and first line become id and ``what``."""

    def make(formula: Callable[..., Any]) -> Mistake:
        what = (formula.__doc__ or "").strip().partition("\n")[0]
        return Mistake(
            formula.__name__.replace("_", "-"), kind, what, equation, formula, tuple(needs)
        )

    return make

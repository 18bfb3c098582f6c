"""Mistakes people make in backpropagation, as data: planted in a correct derivation on demand.

    mistakes["bias-mean-for-sum"].plant(mlp, layer=2)   # f(params, x, y) -> (grads, deltas)
    for mistake, layer in applicable(mlp, batch=32): ...

One catalogue serves the demo, the tests and the diagnosis. Every entry says which equation it
spoils, what kind of mistake that is, and which node is the first wrong one.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from compare.mistakes import at_the_output, in_parameters, in_slopes, in_the_pull_back
from compare.mistakes.derivation import At, Equations, Run, derive
from compare.mistakes.mistake import Mistake
from compare.mistakes.place import Place
from functional_nn import MLP

_MODULES = (at_the_output, in_slopes, in_the_pull_back, in_parameters)

mistakes: Mapping[str, Mistake] = MappingProxyType(
    {
        mistake.id: mistake
        for module in _MODULES
        for mistake in vars(module).values()
        if isinstance(mistake, Mistake)
    }
)


def applicable(mlp: MLP, batch: int, weighted: bool = False) -> Iterator[tuple[Mistake, int]]:
    """Yield every mistake that can show in ``mlp``, with each layer where it can.

    Args:
        mlp: The network.
        batch: Rows of the inputs to come.
        weighted: Whether row weights come with them.
    """
    for mistake in mistakes.values():
        for layer in mistake.layers(mlp, batch, weighted):
            yield mistake, layer


__all__ = [
    "At",
    "Equations",
    "Mistake",
    "Place",
    "Run",
    "applicable",
    "derive",
    "mistakes",
]

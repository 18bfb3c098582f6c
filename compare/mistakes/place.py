"""Where a mistake may be planted, and what it needs of that place to show.

A condition is a function of the place; a mistake lists those it needs. They speak of the network
and the batch, not of values: a unit that happens to be dead can still hide a mistake.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from functional_nn import MLP


@dataclass(frozen=True)
class Place:
    """A layer of a network, with the batch that will run through it.

    Attributes:
        mlp: The network.
        layer: Number of the layer l, 1 .. L.
        batch: Number of rows.
        weighted: Whether row weights are given.
    """

    mlp: MLP
    layer: int
    batch: int
    weighted: bool = False

    @property
    def n_in(self) -> int:
        """Inputs of the layer."""
        return self.mlp.sizes[self.layer - 1]

    @property
    def n_out(self) -> int:
        """Units of the layer."""
        return self.mlp.sizes[self.layer]

    @property
    def activation(self) -> str:
        """Name of g_l."""
        return self.mlp.layer_activations[self.layer - 1]

    @property
    def activation_below(self) -> str:
        """Name of g_{l-1}; the input has none, which is the identity."""
        return ("identity", *self.mlp.layer_activations)[self.layer - 1]


Condition: TypeAlias = Callable[[Place], bool]

CROSS_ENTROPIES = ("binary_cross_entropy", "softmax_cross_entropy")
#: Slopes that change from point to point, rather than from piece to piece.
CURVED = ("sigmoid", "tanh", "softplus", "elu", "gelu", "gelu_tanh", "silu")


# --- where each equation has its say ---------------------------------------------------------


def output_layer(place: Place) -> bool:
    """The last layer."""
    return place.layer == place.mlp.depth


def layer_below(place: Place) -> bool:
    """Another layer below, to pull back to."""
    return place.layer > 1


def du_arrives(place: Place) -> bool:
    """No step unit between the loss and u_l, which would stop the gradient."""
    return "step" not in place.mlp.layer_activations[place.layer :]


def delta_arrives(place: Place) -> bool:
    """No step unit between the loss and z_l."""
    return "step" not in place.mlp.layer_activations[place.layer - 1 :]


def delta_arrives_below(place: Place) -> bool:
    """No step unit between the loss and z_{l-1}."""
    return delta_arrives(place) and place.activation_below != "step"


def penalized(place: Place) -> bool:
    """An L2 penalty."""
    return place.mlp.l2 > 0


# --- what else a mistake may need ------------------------------------------------------------


def weighted(place: Place) -> bool:
    """Row weights."""
    return place.weighted


def several_rows(place: Place) -> bool:
    """More than one row."""
    return place.batch > 1


def several_units(place: Place) -> bool:
    """More than one unit in the layer."""
    return place.n_out > 1


def square_weight(place: Place) -> bool:
    """As many inputs as units, so that a transpose fits."""
    return place.n_in == place.n_out > 1


def square_delta(place: Place) -> bool:
    """As many rows as units, so that the wrong axis fits."""
    return place.batch == place.n_out > 1


def as_wide_as_its_input(place: Place) -> bool:
    """As many inputs as units, so that u_l fits where u_{l-1} belongs."""
    return place.n_in == place.n_out


def wide_neighbor(place: Place) -> bool:
    """The layer below or above has as many units."""
    return neighbor(place.mlp, place.layer) is not None


def twin_weight(place: Place) -> bool:
    """Another layer's weight has the same shape."""
    return twin(place.mlp, place.layer) is not None


def sloped(place: Place) -> bool:
    """A slope other than 1."""
    return place.activation != "identity"


def sloped_below(place: Place) -> bool:
    """A hidden layer below whose activation is not the identity."""
    return place.activation_below != "identity"


def slope_varies(place: Place) -> bool:
    """A slope that depends on z."""
    return place.activation not in {"identity", "step"}


def curved(place: Place) -> bool:
    """A slope that is not piecewise constant."""
    return place.activation in CURVED


def activation(*names: str) -> Condition:
    """One of the named activations."""
    return lambda place: place.activation in names


def loss(*names: str) -> Condition:
    """One of the named losses."""
    return lambda place: place.mlp.loss_name in names


# --- what may be taken for something else ----------------------------------------------------


def neighbor(mlp: MLP, layer: int) -> int | None:
    """Return the number of a layer next to this one with as many units, or None."""
    candidates = [n for n in (layer - 1, layer + 1) if 1 <= n <= mlp.depth]
    return next((n for n in candidates if mlp.sizes[n] == mlp.sizes[layer]), None)


def twin(mlp: MLP, layer: int) -> int | None:
    """Return the number of another layer whose weight has the same shape, or None."""
    shapes = list(zip(mlp.sizes[:-1], mlp.sizes[1:], strict=True))
    same = [n for n, shape in enumerate(shapes, 1) if shape == shapes[layer - 1] and n != layer]
    return next(iter(same), None)

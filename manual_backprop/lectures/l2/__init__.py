"""L2: Neural networks (Fraida Fund)."""

from manual_backprop.lectures.entry import Lecture
from manual_backprop.lectures.l2.backpropagation_error import BACKPROPAGATION_ERROR
from manual_backprop.lectures.l2.common_activations import COMMON_ACTIVATIONS
from manual_backprop.lectures.l2.common_losses import COMMON_LOSSES

L2 = Lecture(
    "L2",
    "Neural networks",
    "δ = ∂L/∂z, before the nonlinearity; w_ji leads into unit j from unit i; L is minimised",
    (*BACKPROPAGATION_ERROR, *COMMON_LOSSES, *COMMON_ACTIVATIONS),
)

"""L0: Lecture 2, Neural Networks (differentiable programming)."""

from manual_backprop.lectures.entry import Lecture
from manual_backprop.lectures.l0.back_propagation import BACK_PROPAGATION
from manual_backprop.lectures.l0.chain_rule import CHAIN_RULE
from manual_backprop.lectures.l0.training_loop import TRAINING_LOOP

L0 = Lecture(
    "L0",
    "Lecture 2: Neural Networks",
    "g = ∂L/∂x, after the nonlinearity; w_ij leads from unit i to unit j; L is minimised",
    (*CHAIN_RULE, *BACK_PROPAGATION, *TRAINING_LOOP),
)

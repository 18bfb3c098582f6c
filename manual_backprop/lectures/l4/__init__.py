"""L4: UVA CS 6316, Intro to Neural Networks and Deep Learning."""

from manual_backprop.lectures.entry import Lecture
from manual_backprop.lectures.l4.blocks import BLOCKS
from manual_backprop.lectures.l4.losses import LOSSES
from manual_backprop.lectures.l4.nonlinearities import NONLINEARITIES
from manual_backprop.lectures.l4.weights import WEIGHTS

L4 = Lecture(
    "L4",
    "UVA CS 6316, Intro to Neural Networks and Deep Learning",
    "E is the loss, minimised; z = wᵀx; ŷ is a probability (p in the evidence), y the target",
    (*LOSSES, *WEIGHTS, *NONLINEARITIES, *BLOCKS),
)

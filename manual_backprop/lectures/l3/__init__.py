"""L3: L8 - Neural networks."""

from manual_backprop.lectures.entry import Lecture
from manual_backprop.lectures.l3.gradient_flow import GRADIENT_FLOW
from manual_backprop.lectures.l3.losses import LOSSES
from manual_backprop.lectures.l3.networks import NETWORKS

L3 = Lecture(
    "L3",
    "L8 - Neural networks",
    "∇f of a node is what comes back to it; W x has the input on the right; "
    "the loss is minimised; ŷ is p in the evidence",
    (*NETWORKS, *LOSSES, *GRADIENT_FLOW),
)

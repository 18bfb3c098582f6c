"""Pictures of what a comparison or a training run found: records in, a figure out."""

from compare.pictures.agreement import agreement
from compare.pictures.confusion import confusion
from compare.pictures.curves import curves
from compare.pictures.decision import Plane, decision
from compare.pictures.divergence import divergence
from compare.pictures.gradient_norms import gradient_norms
from compare.pictures.misclassified import Misread, misclassified
from compare.pictures.sweep import sweep

__all__ = [
    "Misread",
    "Plane",
    "agreement",
    "confusion",
    "curves",
    "decision",
    "divergence",
    "gradient_norms",
    "misclassified",
    "sweep",
]

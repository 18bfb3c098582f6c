"""One compared quantity: the loss value, a gradient leaf, or a named intermediate's cotangent."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["agrees", "wrong", "imprecise", "kink", "unchecked"]
Kind: TypeAlias = Literal["value", "parameter", "intermediate"]

#: Verdicts that do not speak against the derivation.
GOOD: frozenset[Verdict] = frozenset({"agrees", "kink"})


@dataclass(frozen=True)
class Worst:
    """The element that exceeds its allowance most, with both numbers.

    Attributes:
        index: Where in the leaf.
        hand: The hand derivation's value, in float64.
        reference: Autodiff's value, in float64.
    """

    index: tuple[int, ...]
    hand: float
    reference: float


@dataclass(frozen=True, eq=False)
class Node:
    """One compared quantity and what was found of it. A node equals its own name.

    Errors are the largest difference of an element over the largest element of the leaf; they
    have no unit. ``nan`` stands for "not measured".

    Attributes:
        name: ``params[0].weight``, ``z2``, ``loss``: the pytree path, or the author's name.
        kind: "value", "parameter" (a gradient leaf) or "intermediate" (a named cotangent).
        shape: Of the leaf.
        dtype: The working precision.
        verdict: "agrees", "wrong", "imprecise", "kink" or "unchecked".
        formula_error: Hand against autodiff, both in float64.
        allowance: The part of ``formula_error`` that rounding in float64 explains.
        working_error: Hand in working precision against the float64 truth.
        autodiff_error: Autodiff in working precision against the float64 truth.
        numeric_error: Autodiff against numeric differentiation along one direction, in float64.
        ratio: The constant c that brings c * reference nearest the hand's value.
        cosine: Of the angle between hand and reference, as vectors.
        ulp: Worst distance of the hand's working value from the truth, in units of the last place
            of the leaf's largest element.
        wrong_elements: How many elements exceed the allowance.
        worst: The element that exceeds it most.
        consequence_of: Name of the earlier node whose mistake explains this one; "" if its own.
        note: One sentence on what is special here.
    """

    name: str
    kind: Kind
    shape: tuple[int, ...]
    dtype: str
    verdict: Verdict
    formula_error: float
    allowance: float
    working_error: float = float("nan")
    autodiff_error: float = float("nan")
    numeric_error: float = float("nan")
    ratio: float = float("nan")
    cosine: float = float("nan")
    ulp: float = float("nan")
    wrong_elements: int = 0
    worst: Worst | None = None
    consequence_of: str = ""
    note: str = ""

    @property
    def good(self) -> bool:
        """Whether the verdict does not speak against the derivation."""
        return self.verdict in GOOD

    @property
    def size(self) -> int:
        """Number of elements."""
        total = 1
        for length in self.shape:
            total *= length
        return total

    def __eq__(self, other: object) -> bool:
        """Compare by name, with a node or a plain string."""
        if isinstance(other, Node):
            return self is other or self.__dict__ == other.__dict__
        return self.name == other if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        """Hash as the name does."""
        return hash(self.name)

    def __str__(self) -> str:
        """Return the name."""
        return self.name

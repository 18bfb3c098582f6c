"""What the catalogue holds of a printed equation: data, and functions that nobody has judged yet.

A claim says that two functions are the same, or that one is the derivative of the other. It says
so; whether it is true, ``compare.lectures`` finds out when asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from jaxtyping import Array, Float

#: Shapes of the small examples that equations are read at; the text names what they are.
Number: TypeAlias = Float[Array, ""]
Vector: TypeAlias = Float[Array, "_"]
Matrix: TypeAlias = Float[Array, "_ _"]
Values: TypeAlias = Mapping[str, Any]

NOTHING: Values = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Meaning:
    """What an equation is taken to be about.

    Attributes:
        of: Forward function of all inputs, plain; for a derivative, a scalar.
        given: What the equation takes as known, from the inputs; it comes first in ``said``.
        words: The convention, in a few words; "" when there is only one.
    """

    of: Callable[..., Any]
    given: Callable[..., tuple[Any, ...]] | None = None
    words: str = ""


@dataclass(frozen=True, eq=False)
class Extreme:
    """Inputs at which floating point may break.

    Attributes:
        fixed: By name; taken as exact: labels, and probabilities of 0 and 1.
        scaled: By name; these are tried at many sizes. Inputs in neither stay as they are.
        shrinks: Whether they begin as given and go down to a trillionth; else they begin a
            thousandth as large and grow up to what is given.
    """

    fixed: Values
    scaled: Values
    shrinks: bool = False


def growing(fixed: Values = NOTHING, /, **values: Any) -> Extreme:
    """Return inputs that are scaled up to these."""
    return Extreme(fixed, values)


def shrinking(fixed: Values = NOTHING, /, **values: Any) -> Extreme:
    """Return inputs that are scaled down from these, towards 0."""
    return Extreme(fixed, values, shrinks=True)


def exactly(**values: Any) -> Extreme:
    """Return just these inputs."""
    return Extreme(values, NOTHING)


@dataclass(frozen=True, eq=False)
class Claim:
    """One thing that an equation says.

    Attributes:
        name: Left-hand side: "dJ/dy".
        said: The transcription: index for index, sum for sum, sign for sign.
        means: What it is about, as the lecture defines it.
        inputs: Where to try it, by name, in the order of the arguments; small sizes, all different.
        wrt: Inputs that derivatives are taken with respect to; () when it states a value.
        house: The same under another convention, to tell where only one is right: this project's,
            or, when the lecture has two, its other one.
        extremes: Inputs at which floating point may break.
        corners: Inputs at which the function has a kink or a jump.
        held: Inputs whose numbers are part of what the equation says; all others are redrawn.
    """

    name: str
    said: Callable[..., Any]
    means: Meaning
    inputs: Values
    wrt: tuple[str, ...] = ()
    house: Meaning | None = None
    extremes: tuple[Extreme, ...] = ()
    corners: tuple[Values, ...] = ()
    held: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Form:
    """One way to write an equation.

    Attributes:
        text: In Unicode, on one line.
        latex: The same, to be typeset.
        claims: What it says.
        instead: Of a mended form that states another quantity: which, for which, and why.
    """

    text: str
    latex: str
    claims: tuple[Claim, ...]
    instead: str = ""


@dataclass(frozen=True, eq=False)
class Entry:
    """A printed equation.

    Attributes:
        id: "L2-06": lecture and number.
        heading: The slide's.
        printed: The equation as it stands on the slide.
        read: How it was read.
        mended: A corrected or a stable form; None where none is needed.
        symbols: Names in the transcription that are not those of the equation, and its own.
    """

    id: str
    heading: str
    printed: Form
    read: str
    mended: Form | None = None
    symbols: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, eq=False)
class Lecture:
    """A lecture's entries, in its own order.

    Attributes:
        id: "L0".
        title: As printed on it.
        convention: What its symbols stand for.
        entries: The equations.
    """

    id: str
    title: str
    convention: str
    entries: tuple[Entry, ...]

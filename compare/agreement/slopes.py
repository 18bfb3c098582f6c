"""Autodiff's slopes around a point: one where the function is smooth, several at a kink.

They are found by shaking what depends on the parameters, with the decisions left free. One way up,
one way down, and at random; later results are shaken harder than earlier ones, so that every tie
is broken by its own shaking and not by what it inherits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from compare.agreement.totals import conserves
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program.shaking import Move, Ramp, Rounding, Scatter, Shaking, note, shake

#: How far the first result is moved, and how many times farther the last.
SIZE, GROWTH = 1e-12, 1e5
#: Random shakes, after those one way.
RANDOM = 4
#: How many times more than smooth slopes those at a kink vary.
CLEAR = 16.0
#: The slopes found need not be the outermost: allowed beyond them, in widths.
BEYOND = 0.05


@dataclass(frozen=True, eq=False)
class Slopes:
    """The range of each element of autodiff's gradients around a point.

    Attributes:
        here: At the point itself.
        low: Smallest.
        high: Largest.
        smooth: How far the same shaking moves them while no decision changes.
        ways: The gradients that the range was made of.
    """

    here: Arrays
    low: Arrays
    high: Arrays
    smooth: Arrays
    ways: tuple[Arrays, ...] = ()

    def admit(self, value: np.ndarray, node: int) -> np.ndarray:
        """Return which elements of a value lie among the slopes."""
        low, high = self.low[node], self.high[node]
        with np.errstate(invalid="ignore"):
            margin = BEYOND * (high - low) + CLEAR * self.smooth[node]
            return np.asarray((value >= low - margin) & (value <= high + margin))

    def conserved_by(self, value: np.ndarray, node: int) -> bool:
        """Return whether a value has the sum that all these gradients have, if they have one."""
        return conserves(value, [way[node] for way in self.ways])

    def several(self, node: int) -> np.ndarray:
        """Return which elements have several slopes around the point."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.high[node] - self.low[node] > CLEAR * self.smooth[node])

    def special(self, node: int) -> np.ndarray:
        """Return which elements have several slopes, or another one at the point itself."""
        with np.errstate(invalid="ignore"):
            low = np.fmin(self.low[node], self.here[node])
            high = np.fmax(self.high[node], self.here[node])
            return np.asarray(high - low > CLEAR * self.smooth[node])

    def with_more(self, references: Sequence[Arrays]) -> "Slopes":
        """Return the ranges widened to take in further gradients, as far as these are finite."""
        low, high = list(self.low), list(self.high)
        for reference in references:
            for node, value in enumerate(reference):
                known = np.where(np.isfinite(value), value, np.nan)
                low[node] = np.asarray(np.fmin(low[node], known))
                high[node] = np.asarray(np.fmax(high[node], known))
        return replace(self, low=low, high=high, ways=(*self.ways, *references))


def slopes_at(exact: Witnesses, inputs: Sequence[np.ndarray], rng: np.random.Generator) -> Slopes:
    """Return autodiff's slopes around a point."""
    program = exact.reference
    assert program is not None
    active = program.fed_by([program.inputs[k] for k in exact.differentiated])
    one_way: list[Move] = [Ramp(up, rising) for up in (True, False) for rising in (True, False)]
    at_random: list[Move] = [Scatter(Rounding(rng))] * RANDOM
    outputs, decisions = note(program, inputs)
    base = exact.arranged(outputs)
    nowhere = [np.full(value.shape, np.nan) for value in base]
    found = Slopes(base, nowhere, nowhere, [np.zeros(value.shape) for value in base])
    with np.errstate(all="ignore"):
        for move in (*one_way, *at_random):
            how = Shaking(move, SIZE, GROWTH, active)
            found = found.with_more([exact.arranged(shake(program, inputs, how))])
        for move in (*one_way[:2], *at_random[:1]):
            how = Shaking(move, SIZE, GROWTH, active)
            shaken = exact.arranged(shake(program, inputs, how, decisions))
            for smooth, value, start in zip(found.smooth, shaken, base, strict=True):
                np.fmax(smooth, np.abs(value - start), out=smooth)
    return found

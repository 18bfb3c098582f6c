"""Judge one set of drawn inputs: does it show a mistake, beyond any doubt?

The caller did not choose these inputs, so what is found there must hold without them: inputs where
the loss or its gradient is not finite, or where a number that stands for infinity is overtaken, are
outside the function's domain; what the rounding of any step explains is rounding; and at a kink
every way to choose the slopes is right.
"""

import contextlib
import itertools
from collections.abc import Sequence

import numpy as np

from compare.agreement.formula import NEAR, Sight, look
from compare.agreement.inside import Domain
from compare.agreement.measures import scale_of
from compare.agreement.near import Near, Sides, numeric_agrees
from compare.agreement.overflow import overflows, right_when_wider
from compare.agreement.probes import nearby
from compare.agreement.special import DISTANCE, Finding, findings
from compare.agreement.totals import conserves
from compare.agreement.witnesses import Arrays, Witnesses
from compare.probing import Field, Watch, loosened, set_apart
from compare.probing.field import fitted
from compare.probing.work import work
from compare.program import run
from compare.program.loops import MOST, PATIENCE, EndlessError, Loop, patiently

#: Relative differences below this are not looked into: a body that approximates a function well
#: may have a worse derivative than the rule, but a mistake is larger than this somewhere.
QUICK = 1e-5
#: Points around a suspicious one, and ways to choose the slopes there.
AROUND, WAYS = 8, 12
#: A loop may take so many times the steps that it takes at the caller's inputs.
LONGER = 10
#: What rounding moves by more than this share of its size is no number to hold the hand to.
SHAKY = 1e-2
#: Inputs this many times as large as the caller's are too large to complain of inf.
TOO_LARGE = 2e3


class Trial:
    """Judges points for one pair of witnesses.

    Attributes:
        exact: The witnesses in float64.
        fields: Their inputs.
        watches: The comparisons in the derivation and in autodiff.
        price: How many operations one evaluation takes.
        spent: How many were spent.
    """

    def __init__(
        self, exact: Witnesses, fields: Sequence[Field], eps: float, rng: np.random.Generator
    ) -> None:
        """Prepare to judge."""
        assert exact.reference is not None
        self.exact, self.fields, self.eps, self.rng = exact, fields, eps, rng
        self.reference = exact.reference
        self.watches = (Watch(exact.hand), Watch(exact.reference))
        self.domain = Domain(exact, [field.value for field in fields])
        exactly = exact.mode == "reverse" and not exact.iterates
        self.quick = max(QUICK if exactly else NEAR, 64 * eps)
        self.price = work(exact.hand) + work(exact.reference)
        self.spent = 0.0
        self.usual = self._longest()
        self.execute = patiently(self._heard, min(MOST, max(PATIENCE, LONGER * self.usual)))
        self.own_rules = any(equation.plain is not None for equation in exact.loss.equations)

    def spend(self) -> float:
        """Return how many operations were spent since this was asked."""
        spent, self.spent = self.spent, 0.0
        return spent

    def sides(self, inputs: Arrays, watch: bool = False) -> Sides:
        """Return both sides at a point.

        Raises:
            EndlessError: If a loop does not come to its end there.
        """
        self.spent += self.price
        with np.errstate(all="ignore"):
            results = []
            for watched in self.watches:
                program, also = watched.program, watched.values if watch else []
                contents = run(program, inputs, also=also, execute=self.execute)
                count = len(program.outputs)
                results.append(contents[:count])
                if watch:
                    watched.note(contents[count:])
        hand = [np.asarray(value, np.float64) for value in results[0]]
        inside = all(np.isfinite(value).all() for value in results[1])
        return Sides(inside, hand, self.exact.arranged(results[1]))

    def suspicious(self, sides: Sides) -> list[int]:
        """Return the nodes that differ by more than a glance allows."""
        if not sides.inside:
            return []
        return [k for k in self.exact.comparable if self._off(sides, k).any()]

    def faults(
        self, inputs: Arrays, broken_only: bool = False, confirm: bool = True
    ) -> dict[int, Finding]:
        """Return the nodes that are wrong at a point, and how.

        Args:
            inputs: The point.
            broken_only: Whether only inf or nan counts.
            confirm: Whether to ask what the caller's own point would be asked, too.
        """
        here = self.sides(inputs)
        suspects = self.suspicious(here)
        if broken_only:
            suspects = [k for k in suspects if not np.isfinite(here.hand[k]).all()]
        if not suspects or not self.domain.has(inputs):
            return {}
        around = self._around(inputs, AROUND)
        found: dict[int, Finding] = {}
        for k in suspects:
            finding = self._finding(k, inputs, here, around)
            if finding is not None:
                found[k] = finding
        sure = self._confirmed(inputs, list(found)) if confirm else list(found)
        return {k: finding for k, finding in found.items() if k in sure}

    def _heard(self, loop: Loop, steps: int) -> None:
        """Count the steps of a loop beyond those that it takes at the caller's inputs."""
        self.spent += max(0, steps - self.usual) * loop.price

    def _longest(self) -> int:
        """Return the most steps that any loop takes at the caller's inputs."""
        given, steps = [field.value for field in self.fields], [0]
        listening = patiently(lambda _, taken: steps.append(taken), MOST)
        for watched in self.watches:
            if any(isinstance(e.function, Loop) for e in watched.program.equations):
                with np.errstate(all="ignore"), contextlib.suppress(EndlessError):
                    run(watched.program, given, execute=listening)
        return max(steps)

    def _confirmed(self, inputs: Arrays, nodes: list[int]) -> list[int]:
        """Return the nodes that the caller's own point would be blamed for, too."""
        if not nodes:
            return []
        self.spent += 24 * self.price
        with np.errstate(all="ignore"):
            sight = self.sight(inputs)
            found = findings(self.exact, inputs, sight, nodes, self.rng)
            return [
                k
                for k in nodes
                if found.get(k) in ("wrong", "wrong-here")
                and not (
                    np.isfinite(sight.hand[k]).all()
                    and right_when_wider(self.exact, inputs, sight, k)
                )
            ]

    def sight(self, inputs: Arrays) -> Sight:
        """Return both sides with what rounding allows, for the report."""
        self.spent += 8 * self.price
        with np.errstate(all="ignore"):
            return look(self.exact, inputs, self.rng)

    def _off(self, sides: Sides, k: int) -> np.ndarray:
        """Return the elements that differ; not finite by hand alone counts as such."""
        hand, reference = sides.hand[k], sides.reference[k]
        with np.errstate(all="ignore"):
            allowed = self.quick * (np.abs(reference) + 1e-3 * scale_of(reference))
            return np.asarray(~(np.abs(hand - reference) <= allowed))

    def _finding(self, k: int, inputs: Arrays, here: Sides, around: list[Near]) -> Finding | None:
        if not np.isfinite(here.hand[k]).all():
            return self._broken(k, inputs, here)
        if len(around) < AROUND // 2:
            return None
        wrong = [near for near in around if self._off(near.sides, k).any()]
        clear = list(itertools.islice((near for near in wrong if self._clear(k, near)), 2))
        if len(clear) == 2:
            sure = not self.own_rules or numeric_agrees(self.exact, clear[0], k, self.rng)
            return "wrong" if sure else None
        if wrong:
            return None
        around += self._around(inputs, 2 * AROUND)
        return self._at_the_point(k, inputs, here, [near.sides.reference[k] for near in around])

    def _around(self, inputs: Arrays, count: int) -> list[Near]:
        """Return generic points a hair away, as far as they are inside."""
        points = [
            fitted(self.fields, nearby(inputs, self.exact.differentiated, DISTANCE, self.rng))
            for _ in range(count)
        ]
        found = [Near(self.exact, p, self.sides(p), self.domain, self.rng) for p in points]
        return [near for near in found if near.sides.inside]

    def _broken(self, k: int, inputs: Arrays, here: Sides) -> Finding | None:
        """Judge inf or nan by hand where autodiff is finite.

        Where a step of the loss itself overflows, the inputs are outside its domain.
        """
        assert self.exact.on_paper is not None
        if overflows(self.exact.on_paper, inputs):
            return None
        for field, value in zip(self.fields, inputs, strict=True):
            floats = np.issubdtype(value.dtype, np.floating) and value.size
            if floats and float(np.abs(value).max()) > TOO_LARGE * max(1.0, field.scale()):
                return None
        if self._shaky(k, inputs):
            return None
        if not np.isnan(here.hand[k]).any():  # inf is right where the slope grows without bound
            sizes = []
            for distance in (1e-3, 1e-8):
                point = nearby(inputs, self.exact.differentiated, distance, self.rng)
                sizes.append(scale_of(self.sides(fitted(self.fields, point)).reference[k]))
            if not sizes[1] <= 30 * sizes[0]:
                return None
        return "wrong-here"

    def _shaky(self, k: int, inputs: Arrays) -> bool:
        """Whether autodiff's number is one of rounding: a division by what should be zero."""
        sight = self.sight(inputs)
        size = scale_of(sight.reference[k])
        return bool(size and scale_of(sight.allowance[k]) > SHAKY * size)

    def _clear(self, k: int, near: Near) -> bool:
        """Whether a difference at a generic point exceeds what rounding of the steps does."""
        self.spent += 8 * self.price
        return bool((near.differs(k) & self._off(near.sides, k)).any())

    def _at_the_point(
        self, k: int, inputs: Arrays, here: Sides, around: list[np.ndarray]
    ) -> Finding | None:
        """Judge a difference at a point around which both sides agree."""
        off = self._off(here, k)
        position = self.exact.subjects[k].position
        if position is not None and set_apart(self.reference, inputs, self.eps, position):
            return "wrong-here"  # if it is off along this input, too
        if not _between(here.reference[k], around)[off].all():
            return None
        ways = [
            self.exact.arranged(loosened(self.reference, inputs, self.eps, self.rng))[k]
            for _ in range(WAYS)
        ]
        admitted = [*around, *(way for way in ways if np.isfinite(way).all())]
        sums = around if np.ptp(around, axis=0)[off].all() else admitted
        chosen = _between(here.hand[k], admitted)[off].all() and conserves(here.hand[k], sums)
        return None if chosen else "wrong-here"


def _between(value: np.ndarray, around: Sequence[np.ndarray]) -> np.ndarray:
    """Return which elements lie among the given ones, with a margin of their own width."""
    low, high = np.min(around, axis=0), np.max(around, axis=0)
    width = (high - low) + 1e-3 * max(scale_of(high), scale_of(low))
    return np.asarray((value >= low - width) & (value <= high + width))

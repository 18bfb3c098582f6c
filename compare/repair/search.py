"""The search for the mistake: cheap edits first, at the likeliest places first.

An edit is kept when every node that was wrong by its own mistake then agrees, at the caller's
inputs and at fresh ones. Where no single edit explains all wrong nodes, they are mended one after
the other, so that two independent mistakes are both found.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from compare.program import Place, Program
from compare.program.program import Value
from compare.repair.bench import Override, Point, lay_open, rerun
from compare.repair.edits import Edit, scaled, structural
from compare.repair.materials import bringing_in, materials
from compare.repair.names import names_in
from compare.repair.sites import Site, feeding_positions, known_values, suspects
from compare.repair.wording import word

#: Seconds that a search may take.
BUDGET = 8.0
#: Edits this much dearer than the cheapest that mends are not looked at any more.
SLACK = 0.35


@dataclass(frozen=True, eq=False)
class Repair:
    """What was found.

    Attributes:
        place: Where the mistake was written.
        kind: What kind it is.
        edit: The edit, in source text.
        alternatives: Other edits that mend the same nodes.
        mends: The outputs that it mends.
        exact: Whether these then agree on the fresh inputs as well.
    """

    place: Place | None
    kind: str
    edit: str
    alternatives: tuple[str, ...]
    mends: tuple[int, ...]
    exact: bool


@dataclass(eq=False)
class _Search:
    """One derivation under search."""

    program: Program
    points: Sequence[Point]
    arguments: Sequence[str]
    factors: Mapping[str, float]
    known: frozenset[Value]
    right: Sequence[int]
    deadline: float
    done: list[Edit] = field(default_factory=list)

    def mend(self, wrong: Sequence[int]) -> tuple[Edit, list[Edit]] | None:
        """Return the best edit that mends all of ``wrong``, and the others that do."""
        sites = suspects(self.program, wrong, self.right, self.known)
        found: list[tuple[float, Edit]] = []
        for candidates in (self._plain, self._borrowed, self._sloped):
            for edit in candidates(sites):
                if found and self._cost(edit) > min(cost for cost, _ in found) + SLACK:
                    continue
                if time.perf_counter() > self.deadline:
                    break
                if self.mends(edit, wrong):
                    found.append((self._cost(edit), edit))
            if found:
                break
        if not found:
            return None
        found.sort(key=lambda pair: pair[0])
        return found[0][1], [edit for _, edit in found[1:]]

    def mends(self, edit: Edit, outputs: Sequence[int]) -> bool:
        """Whether these outputs agree everywhere once the edit is made."""
        for number, point in enumerate(self.points):
            overrides = {**self.done_at(point), **edit.overrides(point)}
            stages = (outputs[:1], (*outputs, *self.right)) if number == 0 else (outputs,)
            for some in stages:
                positions = feeding_positions(self.program, some)
                values = rerun(self.program, point, overrides, positions, some)
                if values is None:
                    return False
                if not all(point.close(k, v) for k, v in zip(some, values, strict=True)):
                    return False
        return True

    def done_at(self, point: Point) -> dict[int, Override]:
        """Return the edits already made, at a point."""
        made: dict[int, Override] = {}
        for edit in self.done:
            made.update(edit.overrides(point))
        return made

    def _cost(self, edit: Edit) -> float:
        return edit.cost + 0.004 * edit.site.rank

    def _plain(self, sites: Sequence[Site]) -> Iterator[Edit]:
        """Yield structural edits and constant factors, the cheapest first."""
        edits: list[Edit] = []
        for site in sites:
            for part in (site, *_single(site)):
                edits.extend(structural(self.program, part, self.factors))
                edits.extend(scaled(self.program, part, self.factors))
        yield from sorted(edits, key=self._cost)

    def _borrowed(self, sites: Sequence[Site]) -> Iterator[Edit]:
        yield from self._bring(sites, slopes=False)

    def _sloped(self, sites: Sequence[Site]) -> Iterator[Edit]:
        yield from self._bring(sites, slopes=True)

    def _bring(self, sites: Sequence[Site], slopes: bool) -> Iterator[Edit]:
        """Yield edits that bring a value in."""
        edits: list[Edit] = []
        for site in sites:
            names = names_in(self.program, site.place, self.arguments)
            stock = materials(self.program, self.points[0], names, slopes)
            for part in _single(site) or (site,):
                after = _downstream(self.program, part.positions[0])
                edits.extend(bringing_in(self.program, part, stock, after))
        yield from sorted(edits, key=self._cost)


def repair(
    program: Program,
    inputs: Sequence[Sequence[np.ndarray]],
    references: Sequence[Sequence[np.ndarray]],
    allowances: Sequence[Sequence[np.ndarray]],
    wrong: Sequence[int],
    right: Sequence[int],
    arguments: Sequence[str],
    factors: Mapping[str, float],
    intermediates: Iterable[np.ndarray],
    budget: float = BUDGET,
) -> list[Repair]:
    """Search for edits that mend a derivation.

    Args:
        program: The derivation, in float64, loops written out.
        inputs: Its inputs at a few points; the caller's first.
        references: What each output should be there.
        allowances: How far it may be off, for rounding.
        wrong: Outputs that are wrong by a mistake of their own step, nearest the loss first.
        right: Outputs that are right.
        arguments: A name for each input.
        factors: Constants worth trying, by name.
        intermediates: Values that the reference computes on its way, at the caller's inputs.
        budget: Seconds.

    Returns:
        The repairs, one a mistake; empty when no single edit of any expression explains one.
    """
    deadline = time.perf_counter() + budget
    points = [
        lay_open(program, *point) for point in zip(inputs, references, allowances, strict=True)
    ]
    known = known_values(program, dict(points[0].computed), intermediates)
    search = _Search(program, points, arguments, factors, known, right, deadline)
    repairs: list[Repair] = []
    left = list(wrong)
    while left and len(repairs) < len(wrong):
        outcome = _next(search, left)
        if outcome is None:
            break
        best, others, mended = outcome
        search.done.append(best)
        left = [k for k in left if k not in mended]
        repairs.append(
            Repair(
                best.site.place,
                best.kind,
                word(best, factors),
                _alternatives(best, others, factors),
                tuple(mended),
                exact=True,
            )
        )
    return repairs


def _next(search: _Search, left: Sequence[int]) -> tuple[Edit, list[Edit], list[int]] | None:
    """Return an edit that mends all that is left, or else the first of it."""
    for some in (left, left[:1]):
        found = search.mend(some)
        if found is not None:
            best, others = found
            return best, others, [k for k in left if search.mends(best, [k])]
        if len(left) == 1:
            break
    return None


def _alternatives(
    best: Edit, others: Sequence[Edit], factors: Mapping[str, float]
) -> tuple[str, ...]:
    """Return how the next best edits are worded, each once."""
    told = dict.fromkeys(word(edit, factors) for edit in others)
    told.pop(word(best, factors), None)
    return tuple(told)[:3]


def _single(site: Site) -> tuple[Site, ...]:
    """Return the runs of an expression in a loop one by one; none when it runs once."""
    if len(site.positions) == 1:
        return ()
    return tuple(
        Site((position,), site.primitive, site.place, site.rank) for position in site.positions
    )


def _downstream(program: Program, position: int) -> frozenset[Value]:
    """Return the values computed from an equation's results, these included."""
    found = set(program.equations[position].outputs)
    for equation in program.equations[position + 1 :]:
        if any(value in found for value in equation.inputs):
            found.update(equation.outputs)
    return frozenset(found)

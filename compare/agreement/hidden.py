"""Look for a mistake that the caller's inputs do not show, on inputs of the check's own."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from compare.agreement.evidence import in_float64
from compare.agreement.fault import Fault
from compare.agreement.others import others
from compare.agreement.question import Question
from compare.agreement.settings import AS_GIVEN, FAILURES, Setting, settings
from compare.agreement.trial import Trial
from compare.agreement.witnesses import Arrays, Witnesses
from compare.probing import Probe, as_python, fields_of, moves, reach, shrink

#: Operations that the search may take, so that it ends at the same point on every machine (some
#: 0.8 s on one of today's); and how many suspicious points are looked into.
BUDGET, DOUBTS = 8e8, 24
#: To look for inputs on the other side of a comparison is as much work as so many evaluations.
REACHING = 25
#: Operations that making telling inputs small may take.
SHRINKING = 4e9
#: How many unseen sides of comparisons are searched for.
GOALS = 16


@dataclass(frozen=True, eq=False)
class Search:
    """What a search found.

    Attributes:
        fault: The mistake; None when there was none to see.
        points: The inputs that were tried, the caller's first, as far as both sides were finite.
    """

    fault: Fault | None = None
    points: list[Arrays] = field(default_factory=list)


def search(
    question: Question, exact: Witnesses, inputs: Arrays, eps: float, rng: np.random.Generator
) -> Search:
    """Look for a mistake elsewhere, where the caller's inputs show none.

    Args:
        question: What was asked.
        exact: The witnesses in float64.
        inputs: The caller's inputs.
        eps: One rounding of the narrowest float in either computation.
        rng: For the draws.
    """
    left = [BUDGET]
    tried: list[Arrays] = [inputs]
    for setting in settings(question, exact):
        found = _search_one(setting, eps, rng, left, tried, question)
        if found is not None:
            return Search(found, tried)
    return Search(None, tried)


def _search_one(
    setting: Setting,
    eps: float,
    rng: np.random.Generator,
    left: list[float],
    tried: list[Arrays],
    caller: Question,
) -> Fault | None:
    question, exact = setting.question, setting.exact
    arguments = question.arguments
    assert exact.reference is not None
    fields = fields_of(
        arguments.names,
        in_float64(arguments.values),
        arguments.differentiated,
        exact.reference,
        exact.loss,
    )
    trial = Trial(exact, fields, eps, rng)
    doubts = 0
    for probe in itertools.islice(_probes(trial, rng), setting.most):
        doubtful = wrong = inside = False
        with contextlib.suppress(*FAILURES):
            sides = trial.sides(probe.inputs, watch=True)
            doubtful = bool(trial.suspicious(sides))
            wrong = doubtful and bool(trial.faults(probe.inputs, probe.broken_only))
            inside = sides.inside
        if wrong:
            return _told(setting, trial, probe, caller)
        if inside and _alike(probe.inputs, tried[0]):
            tried.append(probe.inputs[: len(tried[0])])
        doubts += doubtful
        left[0] -= trial.spend()
        if left[0] < 0 or doubts > DOUBTS:
            break
    return None


def _alike(inputs: Arrays, others: Arrays) -> bool:
    return all(a.shape == b.shape for a, b in zip(inputs, others, strict=False))


def _probes(trial: Trial, rng: np.random.Generator) -> Iterator[Probe]:
    """Yield the caller's inputs moved, then inputs searched for."""
    fields = trial.fields
    yield Probe([f.value for f in fields], AS_GIVEN)
    starts = [[f.value for f in fields]]
    for probe in moves(fields, rng):
        if len(starts) < 2:
            starts.append(probe.inputs)
        yield probe
    goals = [(watch, *goal) for watch in trial.watches for goal in watch.missing()]
    for watch, comparison, side in goals[:GOALS]:
        if side in watch.seen[comparison.group]:
            continue  # on the way to another
        trial.spent += REACHING * trial.price
        inputs = reach(watch.program, comparison, side, fields, starts, rng)
        if inputs is not None:
            file, line, _ = comparison.group
            yield Probe(inputs, f"the other side of the comparison at {file}:{line}")


def _told(setting: Setting, trial: Trial, probe: Probe, caller: Question) -> Fault:
    """Return the mistake with inputs made small."""
    trial.spend()

    def tells(inputs: Arrays) -> bool:
        if trial.spent > SHRINKING:
            return False
        try:
            return bool(trial.faults(inputs, probe.broken_only, confirm=False))
        except FAILURES:
            return False

    question = setting.question
    inputs = shrink(trial.fields, probe.inputs, tells)
    findings = trial.faults(inputs, probe.broken_only)
    if not findings:
        inputs, findings = probe.inputs, trial.faults(probe.inputs, probe.broken_only)
    given = [np.asarray(caller.arguments.leaves[p]) for p in question.arguments.inputs]
    fields = [replace(f, value=value) for f, value in zip(trial.fields, given, strict=True)]
    written = as_python(fields, inputs)
    return Fault(
        question,
        trial.exact,
        inputs,
        findings,
        trial.sight(inputs),
        setting.told(probe.why),
        written,
        others(trial.domain, trial.fields, inputs, trial.rng),
        bool(setting.why),
    )

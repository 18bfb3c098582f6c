"""Look for a mistake that the caller's inputs do not show, on inputs of the check's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import jax.numpy as jnp
import numpy as np

from compare.agreement.arguments import widened
from compare.agreement.enlarged import enlarged
from compare.agreement.errors import DerivationError, GradientStructureError
from compare.agreement.evidence import in_float64
from compare.agreement.formula import Sight
from compare.agreement.question import Question
from compare.agreement.special import Finding
from compare.agreement.trial import Trial
from compare.agreement.witnesses import Arrays, Witnesses, summon
from compare.probing import Probe, as_python, fields_of, moves, reach, shrink
from compare.report import Node, Report
from compare.report.diagnosis import KINDS

#: Operations that the search may take, so that it ends at the same point on every machine (some
#: 0.8 s on one of today's); and how many suspicious points are looked into.
BUDGET, DOUBTS = 8e8, 24
#: To look for inputs on the other side of a comparison is as much work as so many evaluations.
REACHING = 25
#: How many unseen sides of comparisons are searched for.
GOALS = 16
#: What a program may raise on inputs that it was not made for.
FAILURES = (TypeError, ValueError, ArithmeticError, RuntimeError, LookupError)


@dataclass(frozen=True, eq=False)
class Fault:
    """A mistake, and inputs that show it.

    Attributes:
        question: With all inputs that were varied.
        exact: Its witnesses.
        inputs: They show the mistake; few of them are not the caller's.
        findings: The wrong nodes.
        sight: Both sides there.
        why: What is special about the inputs.
        assignments: The inputs as Python.
    """

    question: Question
    exact: Witnesses
    inputs: Arrays
    findings: dict[int, Finding]
    sight: Sight
    why: str
    assignments: tuple[str, ...]


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
    for asked, witnesses in _settings(question, exact):
        found = _search_one(asked, witnesses, eps, rng, left, tried, question)
        if found is not None:
            return Search(found, tried)
    return Search(None, tried)


def _settings(question: Question, exact: Witnesses) -> Iterator[tuple[Question, Witnesses]]:
    """Yield the question with as many inputs as can be varied; then with more rows."""
    found = question, exact
    for numbers in (True, False):
        arguments = widened(question.arguments, numbers)
        if len(arguments.inputs) == len(question.arguments.inputs):
            break
        asked = replace(question, arguments=arguments)
        witnesses = _summoned(asked)
        if witnesses is not None:
            found = asked, witnesses
            break
    yield found
    for arguments in enlarged(found[0].arguments):
        asked = replace(question, arguments=arguments)
        witnesses = _summoned(asked)
        if witnesses is not None:
            yield asked, witnesses
            break


def _summoned(question: Question) -> Witnesses | None:
    """Return witnesses, or None when the functions do not take such inputs."""
    values = [jnp.asarray(value) for value in in_float64(question.arguments.values)]
    try:
        return summon(question, values, exact=True)
    except (DerivationError, GradientStructureError, *FAILURES):
        return None


def _search_one(
    question: Question,
    exact: Witnesses,
    eps: float,
    rng: np.random.Generator,
    left: list[float],
    tried: list[Arrays],
    caller: Question,
) -> Fault | None:
    arguments = question.arguments
    assert exact.reference is not None
    fields = fields_of(
        arguments.names, in_float64(arguments.values), arguments.differentiated, exact.reference
    )
    trial = Trial(exact, fields, eps, rng)
    doubts = 0
    for probe in _probes(trial, rng):
        try:
            sides = trial.sides(probe.inputs, watch=True)
            doubtful = bool(trial.suspicious(sides))
            wrong = doubtful and bool(trial.faults(probe.inputs, probe.broken_only))
        except FAILURES:
            continue
        if wrong:
            return _told(question, trial, probe, caller)
        if sides.inside and _alike(probe.inputs, tried[0]):
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
    yield Probe([f.value for f in fields], "as given")
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


def _told(question: Question, trial: Trial, probe: Probe, caller: Question) -> Fault:
    """Return the mistake with inputs made small."""

    def tells(inputs: Arrays) -> bool:
        try:
            return bool(trial.faults(inputs, probe.broken_only))
        except FAILURES:
            return False

    inputs = shrink(trial.fields, probe.inputs, tells)
    findings = trial.faults(inputs, probe.broken_only)
    if not findings:
        inputs, findings = probe.inputs, trial.faults(probe.inputs, probe.broken_only)
    given = [np.asarray(caller.arguments.leaves[p]) for p in question.arguments.inputs]
    fields = [replace(f, value=value) for f, value in zip(trial.fields, given, strict=True)]
    written = as_python(fields, inputs)
    return Fault(question, trial.exact, inputs, findings, trial.sight(inputs), probe.why, written)


def elsewhere(report: Report, fault: Fault) -> Report:
    """Return the report of a mistake, saying that other inputs than the caller's show it."""
    said = f"wrong on inputs that the check drew, though not on yours ({fault.why})"
    if fault.assignments:
        said += f": {'; '.join(fault.assignments)}"
    diagnosis = report.diagnosis
    broken = any(not np.isfinite(fault.sight.hand[k]).all() for k in fault.findings)
    if diagnosis is not None and broken:
        kind = "numerically-unstable"
        evidence = "the hand's value is inf or nan where autodiff's is an ordinary number"
        diagnosis = replace(diagnosis, kind=kind, why=KINDS[kind], evidence=evidence)
    return replace(
        report,
        nodes=tuple(map(_noted, report.nodes)),
        diagnosis=diagnosis,
        notes=(said, *report.notes),
    )


def _noted(node: Node) -> Node:
    """Return a node, which if wrong says that it is on other inputs."""
    if node.verdict != "wrong":
        return node
    words = "on other inputs than yours"
    return replace(node, note=f"{words}; {node.note}" if node.note else words)

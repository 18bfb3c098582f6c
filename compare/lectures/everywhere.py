"""A claim judged at its own inputs and at others, and its edit tried on all that are fresh."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from compare.lectures.cause import BY_RATIO
from compare.lectures.edited import edited
from compare.lectures.fresh import SEED, constant_ratio, draws, failures
from compare.lectures.question import Question
from compare.report import Diagnosis, Report
from compare.report.diagnosis import KINDS
from manual_backprop.lectures import Values

#: Sets of inputs that the search for an edit is repeated at, when none that it finds holds.
SEARCHES = 2


@dataclass(frozen=True, eq=False)
class Judgement:
    """What was found of a claim.

    Attributes:
        report: Of the judgement.
        at: The inputs that it is about; None for the claim's own.
        edit: An edit that holds at all fresh inputs, with enough around it to be found; "" if none.
    """

    report: Report
    at: Values | None = None
    edit: str = ""


def judged_everywhere(question: Question, explain: bool = True) -> Judgement:
    """Judge a claim at its own inputs and at drawn ones; tell the first that disagree.

    Args:
        question: The claim, under one meaning.
        explain: Whether to search for the cause of what is wrong.
    """
    report = question.judged(explain)
    at: Values | None = None
    points = draws(question.claim)
    if report.agrees:
        for point in failures(question, points)[:1]:
            other = question.judged(explain, point)
            report, at = (report, None) if other.agrees else (other, point)
    if report.agrees or report.diagnosis is None:
        return Judgement(report, at)
    for found in (report.diagnosis, *_searched_again(question, points)):
        if tried := _held(question, found):
            return Judgement(replace(report, diagnosis=tried[0]), at, tried[1])
    return Judgement(replace(report, diagnosis=_unmended(question, report.diagnosis)), at)


def _searched_again(question: Question, points: Sequence[Values]) -> Iterator[Diagnosis]:
    for point in points[: SEARCHES - 1]:
        found = question.judged(explain=True, at=point).diagnosis
        if found is not None:
            yield found


def _held(question: Question, found: Diagnosis) -> tuple[Diagnosis, str] | None:
    """Return the diagnosis with the first of its edits that holds at fresh inputs, and its text."""
    if not found.verified:
        return None
    for edit in (found.edit, *found.alternatives):
        made = edited(question.claim.said, edit, found)
        if made is None:
            continue
        claim = replace(question.claim, said=made.said)
        try:
            holds = not failures(Question(claim, question.meaning), draws(claim, SEED + 1))
        except (TypeError, ValueError, NameError):  # it fits the inputs of the search alone
            continue
        if holds:
            return replace(found, edit=edit), made.text
    return None


def _unmended(question: Question, found: Diagnosis) -> Diagnosis:
    """Return the diagnosis without an edit; a constant ratio has to be one at all inputs."""
    kind = found.kind
    if kind in BY_RATIO and not constant_ratio(question, draws(question.claim)):
        kind = "unknown"
    return replace(found, kind=kind, why=KINDS[kind], edit="", alternatives=(), verified=False)

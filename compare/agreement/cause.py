"""Say what the mistake is, where it was written, and the edit that mends it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compare.agreement.formula import Sight
from compare.agreement.locality import with_reach
from compare.agreement.mending import mend
from compare.agreement.paths import with_path
from compare.agreement.question import Question
from compare.agreement.residual import Pattern, pattern, same
from compare.agreement.verdicts import ONLY_HERE
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program import Place
from compare.repair import Repair
from compare.report import Diagnosis, Node
from compare.report.diagnosis import KINDS


def find_cause(
    question: Question,
    exact: Witnesses,
    inputs: Arrays,
    sight: Sight,
    isolated: Arrays,
    nodes: Sequence[Node],
    rng: np.random.Generator,
    budget: float | None = None,
    others: Sequence[Arrays] = (),
) -> Diagnosis | None:
    """Return the diagnosis of a comparison; None when nothing is wrong.

    Args:
        question: What was asked.
        exact: The witnesses in float64.
        inputs: The caller's inputs.
        sight: Both sides there.
        isolated: The derivation with each step fed from autodiff.
        nodes: What was found of each node, nearest the loss first.
        rng: For fresh inputs.
        budget: Seconds of computing that the search for an edit may take.
        others: Further inputs that an edit has to hold at.
    """
    numbers = {subject.name: k for k, subject in enumerate(exact.subjects)}
    bad = [node for node in nodes if not node.good]
    if not bad:
        return None
    culprits = [node for node in bad if node.verdict == "wrong" and not node.consequence_of]
    first = (culprits or bad)[0]
    if not culprits or first.note:
        return _without_search(first, _written(exact, numbers[first.name]))
    wrong = [numbers[node.name] for node in culprits]
    right = [k for node in nodes if (k := numbers[node.name]) not in wrong]
    patterns = {k: _pattern(question, exact, inputs, sight, isolated, k) for k in wrong}
    repairs = mend(question, exact, inputs, sight, wrong, right, rng, budget, others)

    def unmended(k: int, place: Place | None) -> Diagnosis:
        seen = with_path(patterns[k], exact, inputs, isolated[k], k)
        seen = with_reach(seen, question, exact, inputs, k, rng)
        return _of_pattern(seen, place)

    found = [
        _of_repair(repair, patterns[repair.mends[0]], _instead(exact, sight, repair.mends))
        if repair.edit
        else unmended(repair.mends[0], repair.place)
        for repair in repairs
    ]
    mended = {k for repair in repairs for k in repair.mends}
    found += [unmended(k, _written(exact, k)) for k in wrong if k not in mended][:1]
    return replace(found[0], further=tuple(found[1:]))


def _instead(exact: Witnesses, sight: Sight, mended: Sequence[int]) -> str:
    """Return that another node's gradient stands where one should be; "" when none does."""
    one = mended[0]
    for other, right in enumerate(sight.reference):
        hand, own = sight.hand[one], sight.reference[one]
        if other == one or right.shape != hand.shape or right.size < 2 or same(own, right):
            continue
        if same(hand, right):
            names = [exact.subjects[k].name for k in (other, one)]
            told = f"the gradient of {names[0]} is returned for {names[1]}"
            return f"{told}{', and the other way round' * (other in mended)}."
    return ""


def _of_repair(repair: Repair, seen: Pattern, instead: str) -> Diagnosis:
    return placed(
        Diagnosis(
            "index-axis" if instead else repair.kind,
            edit=repair.edit,
            verified=True,
            alternatives=repair.alternatives,
            why=instead or KINDS[repair.kind],
            evidence="; ".join(filter(None, [seen.evidence, repair.rounds])),
        ),
        repair.place,
    )


def _of_pattern(seen: Pattern, place: Place | None) -> Diagnosis:
    evidence = f"no single edit explains it; {seen.evidence}"
    return placed(Diagnosis(seen.kind, why=KINDS[seen.kind], evidence=evidence), place)


def _without_search(node: Node, place: Place | None) -> Diagnosis:
    """Diagnose what no edit is looked for: a value at one point, or in working precision, say."""
    kind = "unknown"
    if node.note == ONLY_HERE:
        kind = "wrong-at-kink"
    elif node.verdict == "imprecise":
        kind = "precision-loss" if np.isfinite(node.working_error) else "numerically-unstable"
    return placed(Diagnosis(kind, why=KINDS[kind], evidence=node.note), place)


def _pattern(
    question: Question,
    exact: Witnesses,
    inputs: Arrays,
    sight: Sight,
    isolated: Arrays,
    k: int,
) -> Pattern:
    values = dict(zip(question.arguments.names, inputs, strict=True))
    return pattern(
        isolated[k],
        sight.reference[k],
        replace(sight, hand=isolated).differs(k),
        _lengths(question),
        values.get(exact.subjects[k].name),
    )


def _written(exact: Witnesses, k: int) -> Place | None:
    """Return where the equation stands that writes a node."""
    position = exact.hand.writer.get(exact.hand.outputs[k])
    return None if position is None else exact.hand.equations[position].place


def placed(diagnosis: Diagnosis, place: Place | None) -> Diagnosis:
    """Return a diagnosis with its place, if there is one."""
    if place is None:
        return diagnosis
    return replace(
        diagnosis, file=place.file, line=place.line, code=place.code, columns=place.columns
    )


def _lengths(question: Question) -> list[tuple[str, int]]:
    """Return the axis lengths of the data, named, the rows of each first."""
    arguments = question.arguments
    found: list[tuple[str, int]] = []
    for name, value in zip(arguments.names, arguments.values, strict=True):
        rows = ("rows of", "columns of") if value.ndim == 2 else ("length of axis",) * value.ndim
        found.extend(
            (f"{word} {name}", length) for word, length in zip(rows, value.shape, strict=False)
        )
    return found

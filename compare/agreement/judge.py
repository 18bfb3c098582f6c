"""Put the question to the witnesses and write the report."""

import time
from collections.abc import Sequence
from dataclasses import replace

import jax
import numpy as np

from compare.agreement.breaking import with_measure
from compare.agreement.cause import find_cause
from compare.agreement.coverage import cover
from compare.agreement.evidence import Evidence, coarsest, gather
from compare.agreement.fault import Fault, elsewhere
from compare.agreement.hidden import Search, search
from compare.agreement.itself import refuse_itself
from compare.agreement.others import wilder
from compare.agreement.question import Question, name_of
from compare.agreement.settings import FAILURES
from compare.agreement.verdicts import nodes_of
from compare.agreement.witnesses import Arrays
from compare.program import Program, with_float64
from compare.program.widening import rounding_of
from compare.report import Report, Setting, words


def judge(
    question: Question,
    seed: int = 0,
    vary: bool = True,
    explain: bool = True,
    budget: float | None = None,
) -> Report:
    """Compare, node by node, and report.

    Args:
        question: What is asked.
        seed: Of the random draws.
        vary: Whether to look for mistakes on other inputs, when the caller's show none.
        explain: Whether to search for the cause of what is wrong.
        budget: Seconds of computing that this search may take.

    Raises:
        TypeError: If the loss or the derivation does not fit the arguments.
        ValueError: If the derivation is autodiff of the same loss.
    """
    start = time.perf_counter()
    refuse_itself(question.loss, question.gradient)
    evidence = gather(question, np.random.default_rng(seed))
    nodes, notes = nodes_of(evidence), _notes(evidence)
    found = Search()
    if vary and all(node.good for node in nodes) and _reference_stands(evidence):
        with with_float64():
            eps, rng = coarsest(evidence.exact), np.random.default_rng(seed)
            found = search(question, evidence.exact, evidence.inputs, eps, rng)
    with with_float64():
        coverage = cover(question, evidence.exact, evidence.inputs, evidence.sight, found.points)
    if found.fault is not None:
        question, evidence = found.fault.question, _seen_there(evidence, found.fault)
        nodes = nodes_of(evidence)
    setting = Setting(
        loss=name_of(question.loss),
        gradient=name_of(question.gradient),
        dtype=", ".join(sorted(set(evidence.dtypes))),
        device=jax.devices()[0].platform,
        jax=jax.__version__,
        seed=seed,
        seconds=time.perf_counter() - start,
    )
    report = Report(nodes, coverage=coverage, setting=setting, name=setting.gradient, notes=notes)
    if not explain:
        return report if found.fault is None else elsewhere(report, found.fault)
    with with_float64():
        points: Sequence[Arrays] = found.fault.others if found.fault is not None else ()
        if any(node.verdict == "wrong" for node in nodes) and found.fault is None:
            points = _wilder(question, evidence, seed)
        diagnosis = find_cause(
            question,
            evidence.exact,
            evidence.inputs,
            evidence.sight,
            evidence.isolated or evidence.sight.hand,
            nodes,
            np.random.default_rng(seed),
            budget,
            points,
        )
    if diagnosis is not None:
        diagnosis = with_measure(diagnosis, evidence)
    report = replace(report, diagnosis=diagnosis)
    return report if found.fault is None else elsewhere(report, found.fault)


def _wilder(question: Question, evidence: Evidence, seed: int) -> Sequence[Arrays]:
    """Return further inputs that a repair has to hold at; none where they cannot be drawn."""
    try:
        rng = np.random.default_rng(seed)
        return wilder(question, evidence.exact, evidence.inputs, rng)
    except FAILURES:
        return ()


def _reference_stands(evidence: Evidence) -> bool:
    """Whether autodiff can be trusted to the last digit.

    It cannot where numeric differentiation sides with the hand, nor where constants were rounded.
    """
    return not evidence.excused and not {"own-rule", "blind"} & set(evidence.findings.values())


def _seen_there(evidence: Evidence, fault: Fault) -> Evidence:
    """Return the evidence at the inputs that show a mistake."""
    with with_float64():
        isolated = fault.exact.step_by_step(fault.inputs, fault.sight.reference)
    return replace(
        evidence,
        exact=fault.exact,
        inputs=fault.inputs,
        sight=fault.sight,
        findings=fault.findings,
        isolated=isolated,
    )


def _notes(evidence: Evidence) -> tuple[str, ...]:
    exact, notes = evidence.exact, []
    given = max(rounding_of(exact_type.dtype) for exact_type in _given(evidence))
    for program, whose in (
        (evidence.working.loss, "the loss"),
        (evidence.working.hand, "the hand"),
    ):
        if found := _narrower(program, given):
            notes.append(f"{whose} computes in {found}, narrower than its arguments")
    if evidence.excused:
        names = words.listed([exact.subjects[k].name for k in evidence.excused])
        notes.append(f"{names}: agrees to the rounding of the arrays that one side closes over")
    if strange := [subject.name for subject in exact.subjects if not subject.comparable]:
        known = f"it names {words.listed(sorted(exact.loss.named))}" if exact.loss.named else "none"
        notes.append(
            f"{words.listed(strange)}: not compared, the loss names no such value; {known}"
        )
    if exact.mode == "forward":
        notes.append(
            "jax.grad cannot go back through the loss; its forward mode is what was compared with"
        )
    against = [
        subject.name
        for subject, opinion in zip(exact.subjects, evidence.opinions, strict=True)
        if opinion.against_autodiff
    ]
    if against:
        why = "the loss carries a derivative rule of its own"
        if exact.iterates:
            why = "the way to what its loop looks for need not pass a derivative on"
        notes.append(
            "numeric differentiation of the loss differs from jax.grad of it at "
            f"{words.listed(against)}: {why}"
        )
    return tuple(notes)


def _given(evidence: Evidence) -> list[jax.ShapeDtypeStruct]:
    """Return shape and dtype of the arguments, in working precision."""
    return [evidence.working.loss.types[value] for value in evidence.working.loss.inputs]


def _narrower(program: Program, given: float) -> str:
    """Return a float narrower than all arguments that a program computes in, and where."""
    equation = program.narrowest()
    if equation is None or equation.rounding <= given:
        return ""
    types = (program.types[value] for value in (*equation.outputs, *equation.inputs))
    dtype = next(t.dtype for t in types if rounding_of(t.dtype) == equation.rounding)
    return f"{dtype} at {equation.place}" if equation.place else str(dtype)

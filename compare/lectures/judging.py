"""Proof-read an entry: every claim, as printed and as mended."""

import jax.numpy as jnp

from compare.lectures.breaking import Break
from compare.lectures.cause import cause_of
from compare.lectures.corners import corners
from compare.lectures.everywhere import Judgement, judged_everywhere
from compare.lectures.extremes import breaks
from compare.lectures.fresh import DRAWS
from compare.lectures.misfits import MISFITS, misfit
from compare.lectures.naming import named
from compare.lectures.notation import Symbols, on_slide
from compare.lectures.question import Question
from compare.lectures.readings import ranked
from compare.lectures.records import Finding, Kind, Proof, Verdict
from compare.report import Node, Report, words
from manual_backprop.lectures import NOTHING, Claim, Entry, Form


def proofread(entry: Entry, explain: bool = True) -> Verdict:
    """Return what is so of a printed equation, and of its mended form.

    Args:
        entry: The equation.
        explain: Whether to search for the cause of what is wrong.
    """
    printed = proof(entry.printed, explain, entry.symbols)
    return Verdict(entry, printed, proof(entry.mended, explain) if entry.mended else None)


def proof(form: Form, explain: bool = True, symbols: Symbols = NOTHING) -> Proof:
    """Return what is so of one form; ``symbols`` are the slide's, for edits."""
    findings = [one for claim in form.claims for one in findings_of(claim, explain, symbols)]
    return Proof(form, ranked(findings))


def findings_of(claim: Claim, explain: bool = True, symbols: Symbols = NOTHING) -> list[Finding]:
    """Return what is so of one claim; more than one thing may be."""
    question = Question(claim, claim.means)
    try:
        question.said(*question.inputs({}, jnp.float32))
        judgement = judged_everywhere(question, explain)
    except MISFITS as error:
        told = misfit(error)
        return [Finding(claim.name, "unreadable", told, told)]
    report = judgement.report
    rounding = _in_floating_point(question, right=report.agrees)
    if not report.agrees:
        return [_disagreement(claim, judgement, symbols), *rounding]
    found = [*rounding, *corners(question), *_convention(claim, report)]
    return found or [Finding(claim.name, "agrees", evidence=(_agreement(report),))]


def _disagreement(claim: Claim, judgement: Judgement, symbols: Symbols) -> Finding:
    report = judgement.report
    node, cause = report.first_wrong, report.diagnosis
    assert node is not None  # it does not agree
    if node.verdict == "imprecise":
        told = f"{node.name} is off by {words.error(node.working_error)} of its size in float32"
        return Finding(claim.name, "imprecise", told, told, (_agreement(report),), cause)
    called = cause_of(cause, of_value=not claim.wrt)
    edit = judgement.edit
    slide = on_slide(edit, symbols)
    evidence = [
        f"{one.name}: {one.wrong_elements} of {one.size} elements differ, cosine "
        f"{words.factor(one.cosine)}, {_ratio(one)}"
        if one.size > 1
        else f"{one.name}: a single number, and it differs"
        for one in report.wrong
    ]
    if judgement.at is not None:
        evidence.append(f"right at the usual inputs, and not at {named(judgement.at)}")
    mends = slide or edit or "no single edit was found that mends it"
    short = f"{mends}{f' ({called})' if called else ''}"
    told = _numbers(node)
    return Finding(claim.name, "wrong", told, short, tuple(evidence), cause, called, edit, slide)


def _numbers(node: Node) -> str:
    if node.worst is None:
        return f"{node.name} differs"
    hand, right = words.value(node.worst.hand), words.value(node.worst.reference)
    return f"{words.element(node)} is {hand}, right is {right}"


def _ratio(node: Node) -> str:
    constant = abs(abs(node.cosine) - 1) < 1e-9
    return f"{words.factor(node.ratio)} times the right one" if constant else "no constant ratio"


def _agreement(report: Report) -> str:
    worst = max(node.formula_error for node in report.nodes)
    names = words.listed([node.name for node in report.nodes])
    return (
        f"{names}: largest difference in float64 {words.error(worst)} of its size; "
        f"and at {DRAWS} more sets of inputs"
    )


def _in_floating_point(question: Question, right: bool) -> list[Finding]:
    """Return a finding of inf and nan, and one of lost digits, each with where it begins."""
    found = breaks(question, right)
    kinds: dict[Kind, list[Break]] = {
        "breaks": [one for one in found if one.severe],
        "imprecise": [one for one in found if not one.severe],
    }
    return [
        Finding(question.claim.name, kind, str(ones[0]), ones[0].short, tuple(map(str, ones)))
        for kind, ones in kinds.items()
        if ones
    ]


def _convention(claim: Claim, report: Report) -> list[Finding]:
    """Return a finding when it is right as the lecture defines it, but not as the house does."""
    if claim.house is None:
        return []
    other = judged_everywhere(Question(claim, claim.house), explain=False).report
    if other.agrees or other.first_wrong is None:
        return []
    evidence = (
        f"with {claim.means.words}: {_agreement(report)}",
        f"with {claim.house.words}: {_numbers(other.first_wrong)}, {_ratio(other.first_wrong)}",
    )
    told = f"right with {claim.means.words}; not with {claim.house.words}"
    return [Finding(claim.name, "convention", told, claim.means.words, evidence)]

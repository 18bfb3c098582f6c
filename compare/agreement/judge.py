"""Put the question to the witnesses and write the report."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement import measures
from compare.agreement.cause import find_cause
from compare.agreement.coverage import cover
from compare.agreement.formula import Sight, look
from compare.agreement.hidden import Fault, Search, elsewhere, search
from compare.agreement.itself import refuse_itself
from compare.agreement.probes import nearby
from compare.agreement.question import Question
from compare.agreement.special import DISTANCE, NEARBY, Finding, Surroundings
from compare.agreement.third import AWAY, Opinion, opinions
from compare.agreement.witnesses import Arrays, Witnesses, summon
from compare.agreement.working import Execution, execute
from compare.program import with_float64
from compare.report import Node, Report, Setting
from compare.report.nodes import Verdict

EPS = float(np.finfo(np.float64).eps)

_VERDICTS: dict[Finding, tuple[Verdict, str]] = {
    "wrong": ("wrong", ""),
    "wrong-here": ("wrong", "right around this point, wrong at it"),
    "kink": ("kink", "a kink: each side has one of its slopes"),
    "reference-off": ("agrees", "autodiff's rule is off at this very point, the hand's is not"),
    "unknown": ("unchecked", "not finite on either side: nothing was compared"),
}


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything the witnesses said.

    Attributes:
        exact: The witnesses in float64.
        inputs: The caller's inputs, in float64.
        sight: Both sides there.
        findings: For each node that differs there, what the disagreement is.
        executions: Working precision against the float64 truth.
        opinions: Numeric differentiation.
        isolated: The derivation with each step fed from autodiff; None when nothing differs.
        dtypes: Working precision of each node.
    """

    exact: Witnesses
    inputs: Arrays
    sight: Sight
    findings: dict[int, Finding]
    executions: list[Execution]
    opinions: list[Opinion]
    isolated: Arrays | None
    dtypes: list[str]


def judge(question: Question, seed: int = 0, vary: bool = True, explain: bool = True) -> Report:
    """Compare, node by node, and report.

    Args:
        question: What is asked.
        seed: Of the random draws.
        vary: Whether to look for mistakes on other inputs, when the caller's show none.
        explain: Whether to search for the cause of what is wrong.

    Raises:
        TypeError: If the loss or the derivation does not fit the arguments.
        ValueError: If the derivation is autodiff of the same loss.
    """
    start = time.perf_counter()
    refuse_itself(question.loss, question.gradient)
    evidence = gather(question, np.random.default_rng(seed))
    nodes = _nodes(evidence)
    notes = _notes(evidence)
    found = Search()
    if vary and all(node.good for node in nodes) and _reference_stands(evidence):
        with with_float64():
            eps, rng = _rounding(evidence.exact), np.random.default_rng(seed)
            found = search(question, evidence.exact, evidence.inputs, eps, rng)
    with with_float64():
        coverage = cover(question, evidence.exact, evidence.inputs, evidence.sight, found.points)
    if found.fault is not None:
        question, evidence = found.fault.question, _seen_there(evidence, found.fault)
        nodes = _nodes(evidence)
    setting = Setting(
        loss=_name(question.loss),
        gradient=_name(question.gradient),
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
        diagnosis = find_cause(
            question,
            evidence.exact,
            evidence.inputs,
            evidence.sight,
            evidence.isolated or evidence.sight.hand,
            nodes,
            np.random.default_rng(seed),
        )
    report = replace(report, diagnosis=diagnosis)
    return report if found.fault is None else elsewhere(report, found.fault)


def _reference_stands(evidence: Evidence) -> bool:
    """Whether autodiff can be trusted: where numeric differentiation sides with the hand, not."""
    return not any(opinion.for_hand for opinion in evidence.opinions)


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


def _nodes(evidence: Evidence) -> tuple[Node, ...]:
    return _in_order(evidence, [_node(evidence, k) for k in range(len(evidence.dtypes))])


def gather(question: Question, rng: np.random.Generator) -> Evidence:
    """Ask every witness."""
    values = question.arguments.values
    working = summon(question, values, exact=False)
    dtypes = [str(working.hand.types[output].dtype) for output in working.hand.outputs]
    inputs = [np.asarray(value).astype(np.float64) for value in values]
    with with_float64():
        exact = summon(question, [jnp.asarray(value) for value in inputs], exact=True)
        eps = _rounding(exact)
        sight = look(exact, inputs, eps, rng)
        findings = _findings(exact, inputs, sight, eps, rng)
        isolated = exact.step_by_step(inputs, sight.reference) if findings else None
        said = opinions(exact, inputs, rng)
    executions = execute(
        working.by_hand(values), working.by_autodiff(values), sight.reference, dtypes
    )
    if any(execution.imprecise for execution in executions):
        executions = _confirmed(question, working, exact, executions, dtypes, rng)
    return Evidence(exact, inputs, sight, findings, executions, said, isolated, dtypes)


def _rounding(exact: Witnesses) -> float:
    """Return one rounding of the narrowest float that either side computes in."""
    narrowest = [program.lowest_precision() for program in (exact.loss, exact.hand)]
    return max([EPS] + [float(jnp.finfo(found[0]).eps) for found in narrowest if found])


def _findings(
    exact: Witnesses, inputs: Arrays, sight: Sight, eps: float, rng: np.random.Generator
) -> dict[int, Finding]:
    nodes = range(len(sight.hand))
    suspects = [k for k in nodes if sight.differs(k).any() and _comparable(exact, k)]
    found: dict[int, Finding] = {
        k: "unknown" for k in nodes if k not in suspects and sight.unknown(k).any()
    }
    if suspects:
        points = [nearby(inputs, exact.differentiated, DISTANCE, rng) for _ in range(NEARBY)]
        around = Surroundings([look(exact, point, eps, rng, shakes=1) for point in points])
        found.update({k: around.finding(k, sight) for k in suspects})
    return found


def _comparable(exact: Witnesses, node: int) -> bool:
    subject = exact.subjects[node]
    return subject.kind != "intermediate" or subject.forward is not None


def _confirmed(
    question: Question,
    working: Witnesses,
    exact: Witnesses,
    executions: list[Execution],
    dtypes: Sequence[str],
    rng: np.random.Generator,
) -> list[Execution]:
    """Keep "imprecise" only where it holds at fresh points too.

    In working precision a value next to a kink may fall on either side of it; that is an accident
    of the one point, not the derivation's doing.
    """
    values = question.arguments.values
    confirmed = list(executions)
    for _ in range(2):
        near = nearby(
            [np.asarray(value).astype(np.float64) for value in values],
            working.differentiated,
            AWAY,
            rng,
        )
        rounded = [jnp.asarray(a).astype(v.dtype) for a, v in zip(near, values, strict=True)]
        with with_float64():
            truth = exact.by_autodiff([np.asarray(v).astype(np.float64) for v in rounded])
        again = execute(working.by_hand(rounded), working.by_autodiff(rounded), truth, dtypes)
        for k, (kept, fresh) in enumerate(zip(confirmed, again, strict=True)):
            if kept.imprecise and not fresh.imprecise:
                confirmed[k] = fresh
    return confirmed


def _node(evidence: Evidence, k: int) -> Node:
    subject, execution = evidence.exact.subjects[k], evidence.executions[k]
    hand, reference = evidence.sight.hand[k], evidence.sight.reference[k]
    allowance = evidence.sight.allowance[k]
    verdict, note = _verdict(evidence, k)
    scale = measures.scale_of(reference)
    differs = evidence.sight.differs(k)
    return Node(
        name=subject.name,
        kind=subject.kind,
        shape=tuple(reference.shape),
        dtype=evidence.dtypes[k],
        verdict=verdict,
        formula_error=measures.relative_error(hand, reference),
        allowance=float(allowance.max()) / scale if scale and allowance.size else 0.0,
        working_error=execution.hand,
        autodiff_error=execution.autodiff,
        numeric_error=evidence.opinions[k].autodiff,
        ratio=measures.ratio(hand, reference),
        cosine=measures.cosine(hand, reference),
        ulp=execution.ulp,
        wrong_elements=int(differs.sum()),
        worst=measures.worst(hand, reference, allowance),
        note=note,
    )


def _verdict(evidence: Evidence, k: int) -> tuple[Verdict, str]:
    subject, execution = evidence.exact.subjects[k], evidence.executions[k]
    if not _comparable(evidence.exact, k):
        return "unchecked", f"the loss names no value {subject.name!r} outside of loops"
    finding = evidence.findings.get(k)
    if finding == "wrong" and evidence.opinions[k].for_hand:
        return "agrees", "numeric differentiation sides with the hand: the loss has its own rule"
    if finding is not None and finding not in ("kink", "reference-off"):
        return _VERDICTS[finding]
    if finding is None and execution.both_broken:
        return "imprecise", f"inf or nan in {evidence.dtypes[k]}, by hand and by autodiff"
    if finding is None and execution.broken:
        return "imprecise", f"right on paper, inf or nan in {evidence.dtypes[k]}"
    if finding is None and execution.imprecise:
        times = execution.hand / max(execution.autodiff, execution.eps)
        return "imprecise", f"right on paper, {times:.0f} times autodiff's error"
    return _VERDICTS[finding] if finding else ("agrees", "")


def _in_order(evidence: Evidence, nodes: list[Node]) -> tuple[Node, ...]:
    """Sort by nearness to the loss; mark what only follows from an earlier mistake."""
    order = {s.name: (-s.order, s.kind == "parameter") for s in evidence.exact.subjects}
    if evidence.isolated is not None:
        nodes = _with_consequences(evidence, nodes)
    return tuple(sorted(nodes, key=lambda node: order[node.name]))


def _with_consequences(evidence: Evidence, nodes: list[Node]) -> list[Node]:
    """Say of each wrong node whose own step is right which earlier node is to blame."""
    assert evidence.isolated is not None
    sight, program = evidence.sight, evidence.exact.hand
    alone = replace(sight, hand=evidence.isolated)
    wrong = [k for k, node in enumerate(nodes) if node.verdict == "wrong"]
    culprits = [k for k in wrong if alone.differs(k).any()]
    marked = list(nodes)
    for k in wrong:
        if k in culprits:
            continue
        upstream = program.feeding([program.outputs[k]])
        blamed = [c for c in culprits if program.outputs[c] in upstream]
        if blamed:
            nearest = min(blamed, key=lambda c: evidence.exact.subjects[c].order)
            marked[k] = replace(nodes[k], consequence_of=nodes[nearest].name)
    return marked


def _notes(evidence: Evidence) -> tuple[str, ...]:
    notes = []
    for program, whose in ((evidence.exact.loss, "the loss"), (evidence.exact.hand, "the hand")):
        if narrow := program.lowest_precision():
            dtype, place = narrow
            at = f" at {place}" if place else ""
            notes.append(f"{whose} computes in {dtype}{at} whatever it is given: judged to that")
    against = [
        subject.name
        for subject, opinion in zip(evidence.exact.subjects, evidence.opinions, strict=True)
        if opinion.against_autodiff
    ]
    if against:
        notes.append(
            "numeric differentiation of the loss differs from jax.grad of it at "
            f"{', '.join(against)}: the loss carries a derivative rule of its own"
        )
    return tuple(notes)


def _name(function: object) -> str:
    return getattr(function, "__qualname__", None) or type(function).__name__

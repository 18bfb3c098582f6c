"""Turn the evidence into nodes: a verdict each, the nearest to the loss first."""

from dataclasses import replace

from compare.agreement import measures
from compare.agreement.evidence import Evidence
from compare.agreement.special import Finding
from compare.report import Node
from compare.report.nodes import Verdict

#: What is said of a hand that is off at the caller's point alone.
ONLY_HERE = "right around this point, wrong at it"
_VERDICTS: dict[Finding, tuple[Verdict, str]] = {
    "wrong": ("wrong", ""),
    "wrong-here": ("wrong", ONLY_HERE),
    "neither": (
        "wrong",
        "numeric differentiation refutes it, but autodiff, too: no edit is looked for",
    ),
    "kink": ("kink", "a kink: each side has one of its slopes"),
    "reference-off": ("agrees", "autodiff's rule is off at this very point, the hand's is not"),
    "blind": ("agrees", "autodiff is nan, numeric differentiation sides with the hand"),
    "own-rule": (
        "agrees",
        "numeric differentiation sides with the hand, not with autodiff of the loss",
    ),
    "overflow": ("imprecise", "right on paper, inf or nan even in float64"),
    "unknown": ("unchecked", "not finite on either side: nothing was compared"),
    "restless": (
        "unchecked",
        "a loop ends before it comes to rest: what it passes on is behind, and may be off by this",
    ),
}
#: These stand whatever the working precision says.
_FINAL: frozenset[Finding] = frozenset(
    {"wrong", "wrong-here", "neither", "own-rule", "overflow", "unknown", "restless"}
)


def nodes_of(evidence: Evidence) -> tuple[Node, ...]:
    """Return a node for everything that autodiff has, too; what only follows is marked so."""
    subjects = evidence.exact.subjects
    found = {k: _node(evidence, k) for k in evidence.exact.comparable}
    if evidence.isolated is not None:
        found = _with_consequences(evidence, found)
    order = {s.name: (-s.order, s.kind == "parameter") for s in subjects}
    return tuple(sorted(found.values(), key=lambda node: order[node.name]))


def _node(evidence: Evidence, k: int) -> Node:
    subject, execution, sight = evidence.exact.subjects[k], evidence.executions[k], evidence.sight
    hand, reference, allowance = sight.hand[k], sight.reference[k], sight.allowance[k]
    verdict, note = _verdict(evidence, k)
    size, vanishes = sight.size(k), sight.vanishes(k)
    nothing = float("nan")
    return Node(
        name=subject.name,
        kind=subject.kind,
        shape=tuple(reference.shape),
        dtype=evidence.dtypes[k],
        verdict=verdict,
        formula_error=measures.relative_error(hand, reference, size),
        allowance=float(allowance.max()) / size if size and allowance.size else 0.0,
        working_error=execution.hand,
        autodiff_error=execution.autodiff,
        numeric_error=evidence.opinions[k].autodiff,
        ratio=nothing if vanishes else measures.ratio(hand, reference),
        cosine=nothing if vanishes else measures.cosine(hand, reference),
        ulp=execution.ulp,
        wrong_elements=int(sight.differs(k).sum()),
        worst=measures.worst(hand, reference, allowance),
        note=note,
    )


def _verdict(evidence: Evidence, k: int) -> tuple[Verdict, str]:
    execution, dtype = evidence.executions[k], evidence.dtypes[k]
    finding = evidence.findings.get(k)
    if finding in _FINAL:
        return _VERDICTS[finding]
    if finding is None and execution.both_broken:
        return "imprecise", f"inf or nan in {dtype}, by hand and by autodiff"
    if finding is None and execution.broken:
        return "imprecise", f"right on paper, inf or nan in {dtype}"
    if finding is None and execution.imprecise:
        return "imprecise", f"right on paper, {execution.times:.0f} times autodiff's error"
    return _VERDICTS[finding] if finding else ("agrees", "")


def _with_consequences(evidence: Evidence, found: dict[int, Node]) -> dict[int, Node]:
    """Say of each wrong node whose own step is right which earlier node is to blame."""
    assert evidence.isolated is not None
    program = evidence.exact.hand
    alone = replace(evidence.sight, hand=evidence.isolated)
    wrong = [k for k, node in found.items() if node.verdict == "wrong"]
    culprits = [k for k in wrong if alone.differs(k).any()]
    marked = dict(found)
    for k in wrong:
        if k in culprits:
            continue
        upstream = program.feeding([program.outputs[k]])
        blamed = [c for c in culprits if program.outputs[c] in upstream]
        if blamed:
            nearest = min(blamed, key=lambda c: evidence.exact.subjects[c].order)
            marked[k] = replace(found[k], consequence_of=found[nearest].name)
    return marked

"""Ask every witness; what they say is judged elsewhere."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement.errors import DerivationError
from compare.agreement.formula import EPS, NEAR, Sight, look
from compare.agreement.itself import refuse_autodiff
from compare.agreement.measures import scale_of
from compare.agreement.overflow import only_overflows
from compare.agreement.plain import follows_plain_loss
from compare.agreement.probes import nearby
from compare.agreement.question import Question
from compare.agreement.rounded import own_constants
from compare.agreement.special import Finding, findings
from compare.agreement.third import AWAY, Opinion, opinions, where_blind
from compare.agreement.witnesses import Arrays, Witnesses, summon
from compare.agreement.working import Execution, execute
from compare.program import with_float64
from compare.program.on_numpy import RULES

#: At so many fresh points imprecision has to be seen again, of as many drawn at most.
FRESH, ATTEMPTS = 2, 6


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything the witnesses said.

    Attributes:
        working: The witnesses in working precision.
        exact: The witnesses in float64.
        inputs: The caller's inputs, in float64.
        sight: Both sides there.
        findings: For each node that differs there, what the disagreement is.
        excused: Nodes that agree no better than the rounded constants of one side allow.
        executions: Working precision against the float64 truth.
        opinions: Numeric differentiation.
        isolated: The derivation with each step fed from autodiff; None when nothing differs.
        dtypes: Working precision of each node.
        values: The caller's inputs, in working precision.
    """

    working: Witnesses
    exact: Witnesses
    inputs: Arrays
    sight: Sight
    findings: dict[int, Finding]
    excused: list[int]
    executions: list[Execution]
    opinions: list[Opinion]
    isolated: Arrays | None
    dtypes: list[str]
    values: Sequence[jax.Array]


def gather(question: Question, rng: np.random.Generator) -> Evidence:
    """Ask every witness.

    Raises:
        TypeError: If the loss or the derivation does not fit the arguments.
        ValueError: If the derivation is autodiff of the same loss.
    """
    values = question.arguments.values
    working = summon(question, values, exact=False)
    leaves = [k for k, subject in enumerate(working.subjects) if subject.kind == "parameter"]
    if question.by_hand:
        refuse_autodiff(working.loss, working.hand, leaves)
    dtypes = [str(working.hand.types[output].dtype) for output in working.hand.outputs]
    inputs = in_float64(values)
    exact = _on_paper(question, values, inputs)
    with with_float64():
        sight, excused = _seen(exact, inputs, rng)
        found = findings(exact, inputs, sight, exact.comparable, rng)
        said = opinions(exact, inputs, rng)
        found = _heard(exact, inputs, sight, found, said, rng)
        isolated = exact.step_by_step(inputs, sight.reference) if found else None
    executions = execute(working.by_hand(values), working.by_autodiff(values), sight, dtypes)
    if any(execution.imprecise for execution in executions):
        executions = _confirmed(values, working, exact, executions, dtypes, rng)
    return Evidence(
        working, exact, inputs, sight, found, excused, executions, said, isolated, dtypes, values
    )


def coarsest(exact: Witnesses) -> float:
    """Return one rounding of the narrowest float that the float64 side cannot do without."""
    programs = [program for program in (exact.hand, exact.reference) if program is not None]
    narrow = [e.rounding for p in programs for e in p.equations if e.primitive not in RULES]
    return max(EPS, *narrow) if narrow else EPS


def in_float64(values: Sequence[jax.Array]) -> Arrays:
    """Return arrays on the host, floats in float64."""
    host = [np.asarray(value) for value in values]
    return [v.astype(np.float64) if jnp.issubdtype(v.dtype, jnp.floating) else v for v in host]


def _on_paper(question: Question, values: Sequence[jax.Array], inputs: Arrays) -> Witnesses:
    """Return the float64 witnesses.

    Functions that insist on their precision (a float32 carry of a scan, say) are traced in it; run
    on paper they compute in float64 all the same.
    """
    try:
        with with_float64():
            return summon(question, [jnp.asarray(value) for value in inputs], exact=True)
    except DerivationError:
        return summon(question, values, exact=True)


def _seen(exact: Witnesses, inputs: Arrays, rng: np.random.Generator) -> tuple[Sight, list[int]]:
    """Return both sides, and the nodes that agree only if rounded constants are allowed for."""
    sight = look(exact, inputs, rng)
    suspects = [k for k in exact.comparable if sight.differs(k).any()]
    own = own_constants(exact) if suspects else ({}, {})
    if not any(own):
        return sight, []
    wider = look(exact, inputs, rng, constants=own)
    excused = [k for k in suspects if not wider.differs(k).any()]
    allowance = [
        (wider if k in excused else sight).allowance[k] for k in range(len(sight.allowance))
    ]
    return replace(sight, allowance=allowance), excused


def _heard(
    exact: Witnesses,
    inputs: Arrays,
    sight: Sight,
    found: dict[int, Finding],
    said: Sequence[Opinion],
    rng: np.random.Generator,
) -> dict[int, Finding]:
    """Return the findings once numeric differentiation and wider floats were heard."""
    heard, behind = dict(found), exact.mode == "forward" or exact.iterates
    for k, finding in found.items():
        if finding == "blind" and not where_blind(exact, inputs, k, rng).for_hand:
            heard[k] = "wrong"
        elif finding == "wrong" and said[k].against_autodiff and said[k].for_hand:
            if exact.iterates or follows_plain_loss(exact, inputs, sight, k):
                heard[k] = "own-rule"
        elif finding == "wrong" and said[k].against_autodiff and exact.iterates:
            heard[k] = "neither"  # a search passes on no derivative to mend the hand by
        elif finding == "wrong" and behind and _is_slight(sight, k):
            heard[k] = "restless"  # an iteration that is not seen as one: a linear solver's, say
        elif finding == "wrong-here" and exact.iterates:
            heard[k] = "restless"  # where a loop begins at its end, its steps say nothing
        elif finding in ("wrong", "wrong-here") and only_overflows(exact, inputs, sight, k):
            heard[k] = "overflow"
    return heard


def _is_slight(sight: Sight, node: int) -> bool:
    """Whether a difference is no more than an iteration that ends early may leave."""
    off = float(np.abs(sight.hand[node] - sight.reference[node]).max(initial=0.0))
    return off <= NEAR * scale_of(sight.reference[node])


def _confirmed(
    values: Sequence[jax.Array],
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
    confirmed = list(executions)
    for rounded, truth in itertools.islice(_fresh(values, working, exact, rng), FRESH):
        again = execute(working.by_hand(rounded), working.by_autodiff(rounded), truth, dtypes)
        for k, (kept, fresh) in enumerate(zip(confirmed, again, strict=True)):
            if kept.imprecise and not fresh.imprecise:
                confirmed[k] = fresh
    return confirmed


def _fresh(
    values: Sequence[jax.Array], working: Witnesses, exact: Witnesses, rng: np.random.Generator
) -> Iterator[tuple[list[jax.Array], Sight]]:
    """Yield points near the caller's in working precision, with both sides in float64."""
    for _ in range(ATTEMPTS):
        near = nearby(in_float64(values), working.differentiated, AWAY, rng)
        rounded = [jnp.asarray(a).astype(v.dtype) for a, v in zip(near, values, strict=True)]
        with with_float64():
            truth = look(exact, in_float64(rounded), rng, shakes=1)
        finite = all(np.isfinite(truth.reference[k]).all() for k in exact.comparable)
        if finite or not exact.iterates:  # compiled, a loop without an end would never come back
            yield rounded, truth

"""Compare the derivative of the gradient, too: Hessian-vector products, by hand and by autodiff.

The derivation pushed forward along v (``jax.jvp``) has to give what autodiff gives as the gradient
of  v · ∇L: the Hessian is symmetric. That is a comparison like any other, of another loss.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement.autodiff import goes_back
from compare.agreement.errors import DerivationError
from compare.agreement.judge import judge
from compare.agreement.question import Question
from compare.report import Diagnosis, Report
from compare.report.diagnosis import KINDS


def with_second_order(report: Report, question: Question, seed: int = 0) -> Report:
    """Return a report with the second order as well; as it is when the first is wrong.

    Args:
        report: Of the gradient itself.
        question: What was asked.
        seed: Of the direction.

    Raises:
        DerivationError: If the derivation cannot be pushed forward.
    """
    if not report.agrees:
        return report
    second = judge(_derived(question, seed), seed, vary=False, explain=False)
    nodes = tuple(replace(node, name=f"d {node.name}") for node in second.nodes)
    diagnosis = report.diagnosis
    if not second.agrees:
        wrong = next(node for node in second.nodes if not node.good)
        evidence = (
            f"along one random direction, the derivative of the gradient of {wrong.name} differs; "
            "a value that depends on the arguments is treated as constant"
        )
        diagnosis = Diagnosis("second-order", why=KINDS["second-order"], evidence=evidence)
    note = "d W is the Hessian times one random direction, in the part that belongs to W"
    return replace(
        report, nodes=(*report.nodes, *nodes), diagnosis=diagnosis, notes=(*report.notes, note)
    )


def _derived(question: Question, seed: int) -> Question:
    """Return the question whose gradient is the Hessian times a direction."""
    arguments = question.arguments
    rng = np.random.default_rng(seed)
    along = [
        rng.standard_normal(np.shape(arguments.values[position]))
        for position in arguments.differentiated
    ]

    def changed(args: Sequence[Any], values: Sequence[Any]) -> tuple[Any, ...]:
        inputs = _flat(question, args)
        for position, value in zip(arguments.differentiated, values, strict=True):
            inputs[position] = value
        return arguments.rebuild(inputs)

    def wanted(args: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        inputs = _flat(question, args)
        given = [inputs[position] for position in arguments.differentiated]
        return given, [jnp.asarray(v, leaf.dtype) for v, leaf in zip(along, given, strict=True)]

    def slope(*args: Any) -> Any:
        given, direction = wanted(args)

        def loss(values: list[Any]) -> Any:
            return question.loss(*changed(args, values))

        if not goes_back(loss, given):
            return jax.jvp(loss, (given,), (direction,))[1]
        found = jax.grad(loss)(given)
        terms = [jnp.vdot(v, g) for v, g in zip(direction, found, strict=True)]
        return sum(terms[1:], start=terms[0])

    def pushed(*args: Any) -> Any:
        given, direction = wanted(args)

        def by_hand(values: list[Any]) -> list[Any]:
            result = question.gradient(*changed(args, values))
            form = question.form_of(result, same_dtype=False)
            flat = question.flatten(form, result)[form.has_value :]
            return flat[: len(given)]

        try:
            _, found = jax.jvp(by_hand, (given,), (direction,))
        except TypeError as error:
            raise DerivationError(
                f"the derivation cannot be pushed forward by jax.jvp: {error}; second order needs "
                "a gradient without custom_vjp inside it"
            ) from error
        return jax.tree.unflatten(jax.tree.structure(arguments.wanted), found)

    return Question(slope, pushed, arguments, by_hand=False)


def _flat(question: Question, args: Sequence[Any]) -> list[Any]:
    """Return the arrays among some arguments, as the question counts them."""
    leaves = jax.tree.leaves(tuple(args))
    return [leaves[position] for position in question.arguments.inputs]

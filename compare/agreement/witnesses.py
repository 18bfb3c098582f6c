"""The witnesses: the hand derivation and autodiff, as compiled functions of the inputs.

Both return one array a node, in the same order: the loss value if the derivation returns it, the
gradient of each leaf, the cotangent of each named intermediate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement.errors import GradientStructureError
from compare.agreement.question import Form, Question, scalar_loss
from compare.agreement.tracing import traced
from compare.program import Program, run
from compare.report.nodes import Kind

Arrays: TypeAlias = list[np.ndarray]


@dataclass(frozen=True)
class Subject:
    """What a node is about: its name, kind, and the values that stand for it in both programs.

    Attributes:
        name: The node's name.
        kind: "value", "parameter" or "intermediate".
        forward: The value of the loss program whose cotangent this is; None if it has none.
        order: Position of its step in the forward pass; the largest is nearest the loss.
    """

    name: str
    kind: Kind
    forward: int | None
    order: int


@dataclass(frozen=True, eq=False)
class Witnesses:
    """Hand and autodiff at one precision.

    Attributes:
        form: What the derivation returns.
        loss: The forward function, traced.
        hand: The derivation, traced; one output a node.
        subjects: One a node.
        differentiated: Positions of the inputs that gradients are taken of.
    """

    form: Form
    loss: Program
    hand: Program
    subjects: tuple[Subject, ...]
    differentiated: tuple[int, ...]
    _compiled: dict[str, Callable[..., Any]]

    def by_hand(self, inputs: Sequence[Any]) -> Arrays:
        """Return what the derivation says."""
        return _on_host(self._compiled["hand"](inputs))

    def by_autodiff(self, inputs: Sequence[Any]) -> Arrays:
        """Return what autodiff of the loss says; nan for intermediates that it does not name."""
        value, leaves, named = _on_host(self._compiled["autodiff"](inputs))
        result = [value] if self.form.has_value else []
        cotangents = dict(zip(self._named(), named, strict=True))
        result += leaves
        for subject, output in zip(self.subjects, self.hand.outputs, strict=True):
            if subject.kind == "intermediate":
                shape = self.hand.types[output].shape
                result.append(cotangents.get(subject.name, np.full(shape, np.nan)))
        return result

    def step_by_step(self, inputs: Sequence[Any], reference: Arrays) -> Arrays:
        """Return the derivation again, each step fed with the reference's cotangents.

        Where a step reads a node's value it gets autodiff's instead of the hand's own, so that a
        step is wrong only by a mistake of its own.
        """
        known = {
            value: right
            for value, right in zip(self.hand.outputs, reference, strict=True)
            if np.isfinite(right).all()
        }

        def stepwise(inputs: Sequence[Any], known: dict[int, Any]) -> list[jax.Array]:
            change = {value: (lambda _, right=right: right) for value, right in known.items()}
            return run(self.hand, inputs, change)

        return _on_host(jax.jit(stepwise)(inputs, known))

    def loss_along(self, inputs: Sequence[Any], shifts: Sequence[Any]) -> jax.Array:
        """Return the loss with each node's forward value shifted; traceable."""
        change = {
            subject.forward: (lambda value, shift=shift: value + shift)
            for subject, shift in zip(self.subjects, shifts, strict=True)
            if subject.forward is not None
        }
        return run(self.loss, inputs, change)[0]

    def _named(self) -> list[str]:
        return [s.name for s in self.subjects if s.kind == "intermediate" and s.forward is not None]


def summon(question: Question, inputs: Sequence[jax.Array], same_dtype: bool) -> Witnesses:
    """Trace both sides at the precision of ``inputs``.

    Raises:
        TypeError: If the loss is not a scalar, or the derivation does not fit the arguments.
    """
    loss, loss_shape = traced(question.loss_of, "the loss", *inputs)
    scalar_loss(loss_shape, "the loss")
    form: list[Form] = []

    def flat(*values: jax.Array) -> list[Any]:
        result = question.gradient_of(*values)
        form.append(question.form_of(result, same_dtype))
        return question.flatten(form[-1], result)

    hand, _ = traced(flat, "the derivation", *inputs)
    subjects = tuple(_subjects(question, form[-1], loss))
    _check_named(subjects, loss, hand)
    differentiated = question.arguments.differentiated
    witnesses = Witnesses(form[-1], loss, hand, subjects, differentiated, {})
    forwards = [s.forward for s in subjects if s.kind == "intermediate" and s.forward is not None]

    def autodiff(values: Sequence[jax.Array]) -> tuple[jax.Array, list[Any], list[Any]]:
        def shifted(leaves: list[Any], shifts: list[Any]) -> jax.Array:
            merged = list(values)
            for position, leaf in zip(differentiated, leaves, strict=True):
                merged[position] = leaf
            change = {
                forward: (lambda value, shift=shift: value + shift)
                for forward, shift in zip(forwards, shifts, strict=True)
            }
            return run(loss, merged, change)[0]

        zeros = [jnp.zeros(loss.types[f].shape, loss.types[f].dtype) for f in forwards]
        leaves = [values[position] for position in differentiated]
        value, (grads, named) = jax.value_and_grad(shifted, argnums=(0, 1))(leaves, zeros)
        return value, grads, named

    witnesses._compiled["hand"] = jax.jit(lambda values: run(hand, values))
    witnesses._compiled["autodiff"] = jax.jit(autodiff)
    return witnesses


def _subjects(question: Question, form: Form, loss: Program) -> list[Subject]:
    arguments = question.arguments
    found = [Subject("loss", "value", None, len(loss.equations) + 1)] if form.has_value else []
    for position in arguments.differentiated:
        value = loss.inputs[position]
        found.append(
            Subject(arguments.names[position], "parameter", value, loss.first_use(value))
        )
    for name in form.names:
        forward = loss.named.get(name)
        order = -1 if forward is None else loss.writer[forward]
        found.append(Subject(name, "intermediate", forward, order))
    return found


def _check_named(subjects: Sequence[Subject], loss: Program, hand: Program) -> None:
    for subject, output in zip(subjects, hand.outputs, strict=True):
        if subject.kind == "intermediate" and subject.forward is not None:
            given, wanted = hand.types[output].shape, loss.types[subject.forward].shape
            if given != wanted:
                raise GradientStructureError(
                    f"the cotangent of {subject.name} has shape {list(given)}, the value that the "
                    f"loss names so {list(wanted)}; return one number for each of the value's"
                )


def _on_host(tree: Any) -> Any:
    """Return arrays as NumPy's, in float64: exact for every narrower float."""
    return jax.tree.map(lambda leaf: np.asarray(leaf).astype(np.float64), tree)

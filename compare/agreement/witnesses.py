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
from compare.agreement.probes import shaken
from compare.agreement.question import Form, Question, scalar_loss
from compare.agreement.tracing import traced
from compare.program import Program, rounded, run, trace
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
        reference: Autodiff, traced; None when it is compiled instead.
    """

    form: Form
    loss: Program
    hand: Program
    subjects: tuple[Subject, ...]
    differentiated: tuple[int, ...]
    _run_hand: Callable[..., Any]
    _run_autodiff: Callable[..., Any]
    reference: Program | None = None

    def by_hand(self, inputs: Sequence[Any]) -> Arrays:
        """Return what the derivation says."""
        return _on_host(self._run_hand(inputs))

    def by_autodiff(self, inputs: Sequence[Any]) -> Arrays:
        """Return what autodiff of the loss says; nan for intermediates that it does not name."""
        return self.arranged(self._run_autodiff(inputs))

    def rounded(
        self, inputs: Sequence[Any], eps: float, rng: np.random.Generator
    ) -> tuple[Arrays, Arrays]:
        """Return what both sides say when inputs and every step are rounded otherwise."""
        assert self.reference is not None
        moved = shaken(inputs, eps, rng)
        hand = _on_host(rounded(self.hand, moved, eps, rng))
        return hand, self.arranged(rounded(self.reference, moved, eps, rng))

    def arranged(self, outputs: Sequence[Any]) -> Arrays:
        """Return the outputs of ``reference`` as one array a node."""
        found = iter(_on_host(list(outputs)))
        value = next(found)
        result = [value] if self.form.has_value else []
        result += [next(found) for _ in self.differentiated]
        for subject, output in zip(self.subjects, self.hand.outputs, strict=True):
            if subject.kind == "intermediate":
                missing = np.full(self.hand.types[output].shape, np.nan)
                result.append(missing if subject.forward is None else next(found))
        return result

    def step_by_step(self, inputs: Sequence[Any], reference: Arrays) -> Arrays:
        """Return the derivation again, each step fed with the reference's cotangents.

        Where a step reads a node's value it gets autodiff's instead of the hand's own, so that a
        step is wrong only by a mistake of its own.
        """
        change = {
            value: (lambda _, right=right: right)
            for value, right in zip(self.hand.outputs, reference, strict=True)
            if np.isfinite(right).all()
        }
        return _on_host(run(self.hand, inputs, change))

    def intermediates(self, inputs: Sequence[Any]) -> list[Any]:
        """Return every value that autodiff computes on its way."""
        if self.reference is None:
            return []
        return run(self.reference, inputs, also=list(self.reference.writer))

    def loss_along(self, inputs: Sequence[Any], shifts: Sequence[Any]) -> Any:
        """Return the loss with each node's forward value shifted."""
        change = {
            subject.forward: (lambda value, shift=shift: value + shift)
            for subject, shift in zip(self.subjects, shifts, strict=True)
            if subject.forward is not None
        }
        return run(self.loss, inputs, change)[0]


def summon(question: Question, inputs: Sequence[jax.Array], *, exact: bool) -> Witnesses:
    """Trace both sides at the precision of ``inputs``.

    Args:
        question: What is asked.
        inputs: Arrays like those that the witnesses will be asked about.
        exact: Whether this is the float64 side. It runs on NumPy, where nothing has to be
            compiled; and only the shapes of the gradients have to be the arguments'.

    Raises:
        TypeError: If the loss is not a scalar, or the derivation does not fit the arguments.
    """
    loss, loss_shape = traced(question.loss_of, "the loss", *inputs)
    scalar_loss(loss_shape, "the loss")
    form: list[Form] = []

    def flat(*values: jax.Array) -> list[Any]:
        result = question.gradient_of(*values)
        form.append(question.form_of(result, same_dtype=not exact))
        return question.flatten(form[-1], result)

    hand, _ = traced(flat, "the derivation", *inputs, write_out=exact)
    subjects = tuple(_subjects(question, form[-1], loss))
    _check_named(subjects, loss, hand)
    differentiated = question.arguments.differentiated
    autodiff = _autodiff(loss, subjects, differentiated)
    reference: Program | None = None
    if exact:
        reference, _ = trace(autodiff, *inputs, write_out=True)
        runs = (lambda values: run(hand, values), lambda values: run(reference, values))
    else:
        runs = (jax.jit(lambda values: run(hand, values)), jax.jit(lambda v: autodiff(*v)))
    return Witnesses(form[-1], loss, hand, subjects, differentiated, *runs, reference)


def _autodiff(
    loss: Program, subjects: Sequence[Subject], differentiated: Sequence[int]
) -> Callable[..., list[jax.Array]]:
    """Return a function of the inputs: value, leaves and named cotangents by autodiff."""
    named = [s.forward for s in subjects if s.kind == "intermediate" and s.forward is not None]

    def shifted(leaves: list[Any], shifts: list[Any], values: Sequence[Any]) -> jax.Array:
        merged = list(values)
        for position, leaf in zip(differentiated, leaves, strict=True):
            merged[position] = leaf
        change = {
            forward: (lambda value, shift=shift: value + shift)
            for forward, shift in zip(named, shifts, strict=True)
        }
        value: jax.Array = run(loss, merged, change)[0]
        return value

    def autodiff(*values: jax.Array) -> list[jax.Array]:
        zeros = [jnp.zeros(loss.types[f].shape, loss.types[f].dtype) for f in named]
        leaves = [values[position] for position in differentiated]
        derive = jax.value_and_grad(shifted, argnums=(0, 1))
        value, (grads, cotangents) = derive(leaves, zeros, values)
        return [value, *grads, *cotangents]

    return autodiff


def _subjects(question: Question, form: Form, loss: Program) -> list[Subject]:
    arguments = question.arguments
    found = [Subject("loss", "value", None, len(loss.equations) + 1)] if form.has_value else []
    for position in arguments.differentiated:
        value = loss.inputs[position]
        found.append(Subject(arguments.names[position], "parameter", value, loss.first_use(value)))
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

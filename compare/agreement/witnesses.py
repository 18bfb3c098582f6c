"""The witnesses: the hand derivation and autodiff, as functions of the inputs.

Both return one array a node, in the same order: the loss value if the derivation returns it, the
gradient of each leaf, the cotangent of each named intermediate.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import jax
import numpy as np

from compare.agreement.autodiff import (
    Mode,
    autodiff_of,
    compiled_either_way,
    shifting,
    traced_either_way,
)
from compare.agreement.manners import defined
from compare.agreement.question import Form, Question, scalar_loss
from compare.agreement.subjects import Subject, subjects_of
from compare.agreement.tracing import traced
from compare.program import Program, run
from compare.program.loops import iterates
from compare.program.program import Value
from compare.program.settling import run_to_rest

Arrays: TypeAlias = list[np.ndarray]


@dataclass(frozen=True, eq=False)
class Witnesses:
    """Hand and autodiff at one precision.

    Attributes:
        form: What the derivation returns.
        loss: The forward function, traced.
        hand: The derivation, traced; one output a node.
        subjects: One a node.
        names: A name for each input.
        differentiated: Positions of the inputs that gradients are taken of.
        reference: Autodiff, traced; None when it is compiled instead.
        on_paper: The forward function with everything written out; None in working precision.
        mode: Which way the reference goes.
    """

    form: Form
    loss: Program
    hand: Program
    subjects: tuple[Subject, ...]
    names: tuple[str, ...]
    differentiated: tuple[int, ...]
    _run_hand: Callable[..., Any]
    _run_autodiff: Callable[..., Any]
    reference: Program | None = None
    on_paper: Program | None = None
    mode: Mode = "reverse"

    @property
    def comparable(self) -> list[int]:
        """The nodes that autodiff has, too."""
        return [k for k, subject in enumerate(self.subjects) if subject.comparable]

    @functools.cached_property
    def iterates(self) -> bool:
        """Whether one side has loops that go on until a value is good enough; on paper."""
        assert self.on_paper is not None
        return iterates(self.on_paper) or iterates(self.hand)

    @functools.cached_property
    def at_rest(self) -> "Witnesses":
        """The same with loops run on until nothing changes; on paper."""
        assert self.on_paper is not None
        assert self.reference is not None
        hand, reference = run_to_rest(self.hand), run_to_rest(self.reference)
        return replace(
            self,
            hand=hand,
            reference=reference,
            on_paper=run_to_rest(self.on_paper),
            _run_hand=functools.partial(run, hand),
            _run_autodiff=functools.partial(run, reference),
        )

    def by_hand(self, inputs: Sequence[Any]) -> Arrays:
        """Return what the derivation says."""
        return self.read(self._run_hand(inputs))

    def by_autodiff(self, inputs: Sequence[Any]) -> Arrays:
        """Return what autodiff of the loss says; nan for intermediates that it does not name."""
        return self.arranged(self._run_autodiff(inputs))

    def read(self, outputs: Sequence[Any]) -> Arrays:
        """Return the outputs of ``hand`` in float64: exact for every narrower float."""
        return [np.asarray(output).astype(np.float64) for output in outputs]

    def arranged(self, outputs: Sequence[Any]) -> Arrays:
        """Return the outputs of ``reference`` as one array a node."""
        found = iter(self.read(outputs))
        value = next(found)
        result = [value] if self.form.has_value else []
        result += [next(found) for _ in self.differentiated]
        for subject, output in zip(self.subjects, self.hand.outputs, strict=True):
            if subject.kind == "intermediate":
                missing = np.full(self.hand.types[output].shape, np.nan)
                result.append(next(found) if subject.comparable else missing)
        return result

    def step_by_step(self, inputs: Sequence[Any], reference: Arrays) -> Arrays:
        """Return the derivation again, each step fed with the reference's cotangents.

        Where a step reads a node's value it gets autodiff's instead of the hand's own, so that a
        step is wrong only by a mistake of its own.
        """
        change = {
            value: (lambda _, right=right: right)
            for value, right in zip(self.hand.outputs, reference, strict=True)
            if np.isfinite(right).all() and value in self.hand.writer
        }
        return self.read(run(self.hand, inputs, change))

    def intermediates(self, inputs: Sequence[Any]) -> list[Any]:
        """Return every value that autodiff computes on its way."""
        if self.reference is None:
            return []
        return run(self.reference, inputs, also=list(self.reference.writer))

    def loss_along(self, inputs: Sequence[Any], shifts: Sequence[Any]) -> Any:
        """Return the loss with some nodes' forward values shifted; None leaves a node's alone."""
        assert self.on_paper is not None
        change: dict[Value, Callable[[Any], Any]] = {}
        for subject, shift in zip(self.subjects, shifts, strict=True):
            if shift is not None:
                change.update(shifting(subject.values_in(self.on_paper), shift))
        return run(self.on_paper, inputs, change)[0]


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
    forward = traced(question.loss_of, "the loss", *inputs)
    scalar_loss(forward.result, "the loss", defined(question.loss))
    form: list[Form] = []

    def flat(*values: jax.Array) -> list[Any]:
        result = question.gradient_of(*values)
        form.append(question.form_of(result, same_dtype=not exact))
        return question.flatten(form[-1], result)

    derivation = traced(flat, "the derivation", *inputs)
    hand = derivation.on_paper if exact else derivation.as_it_is
    loss, subjects = subjects_of(question.arguments, form[-1], forward, hand)
    differentiated = question.arguments.differentiated
    autodiff = autodiff_of(loss, subjects, differentiated)
    about = (form[-1], loss, hand, subjects, question.arguments.names, differentiated)
    if not exact:
        compiled = jax.jit(lambda values: run(hand, values)), compiled_either_way(autodiff)
        return Witnesses(*about, *compiled)
    reference, mode = traced_either_way(autodiff, inputs)
    runs = functools.partial(run, hand), functools.partial(run, reference)
    return Witnesses(*about, *runs, reference, forward.on_paper, mode)

"""Autodiff of the loss: in reverse, as ``jax.grad`` goes, and forwards where that has no way back.

A while loop does not keep what its steps computed, so nothing can be sent back through it; forward
mode goes through it along with the values, once for each number that is differentiated.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import jax
import jax.numpy as jnp

from compare.agreement.errors import DerivationError
from compare.agreement.subjects import Subject
from compare.program import Program, run, trace
from compare.program.program import Value

Mode: TypeAlias = Literal["reverse", "forward"]

#: Forward mode runs the loss once for each number; more than this are not asked for.
MANY = 512
#: What JAX raises of a function that it cannot differentiate.
_REFUSALS = (ValueError, TypeError, NotImplementedError)


@dataclass(frozen=True, eq=False)
class Autodiff:
    """Takes the inputs, returns the loss's value, its gradient and its named cotangents.

    Attributes:
        loss: The loss, traced.
        named: The intermediates that cotangents are asked of.
        differentiated: Positions of the inputs that gradients are taken of.
    """

    loss: Program
    named: tuple[Subject, ...]
    differentiated: tuple[int, ...]

    def __call__(self, *values: jax.Array) -> list[jax.Array]:
        """Differentiate in reverse."""
        function, both = self._of_both(values)
        value, (grads, cotangents) = jax.value_and_grad(function, argnums=(0, 1))(*both)
        return [value, *grads, *cotangents]

    def forwards(self, *values: jax.Array) -> list[jax.Array]:
        """Differentiate forwards, once for each number."""
        function, both = self._of_both(values)

        def twice(*both: list[Any]) -> tuple[jax.Array, jax.Array]:
            value = function(*both)
            return value, value

        (grads, cotangents), value = jax.jacfwd(twice, argnums=(0, 1), has_aux=True)(*both)
        return [value, *grads, *cotangents]

    def numbers(self, values: Sequence[Any]) -> int:
        """Return how many numbers are differentiated."""
        leaves = sum(jnp.size(values[position]) for position in self.differentiated)
        return leaves + sum(self._zeros(subject).size for subject in self.named)

    def _of_both(self, values: Sequence[Any]) -> tuple[Callable[..., jax.Array], list[list[Any]]]:
        """Return the loss as a function of its parameters and of shifts of its intermediates."""
        leaves = [values[position] for position in self.differentiated]
        zeros = [self._zeros(subject) for subject in self.named]
        return functools.partial(self._shifted, values), [leaves, zeros]

    def _zeros(self, subject: Subject) -> jax.Array:
        return jnp.zeros(subject.shape, self.loss.types[subject.values_in(self.loss)[0]].dtype)

    def _shifted(self, values: Sequence[Any], leaves: list[Any], shifts: list[Any]) -> jax.Array:
        merged = list(values)
        for position, leaf in zip(self.differentiated, leaves, strict=True):
            merged[position] = leaf
        change: dict[Value, Callable[[Any], Any]] = {}
        for subject, shift in zip(self.named, shifts, strict=True):
            change.update(shifting(subject.values_in(self.loss), shift))
        value: jax.Array = run(self.loss, merged, change)[0]
        return value


def autodiff_of(
    loss: Program, subjects: Sequence[Subject], differentiated: Sequence[int]
) -> Autodiff:
    """Return ``jax.grad`` of a loss, with the cotangents of what it names."""
    named = tuple(s for s in subjects if s.kind == "intermediate" and s.comparable)
    return Autodiff(loss, named, tuple(differentiated))


def goes_back(function: Callable[[Any], Any], argument: Any) -> bool:
    """Whether ``jax.grad`` of a function can be taken at arguments like this one."""
    try:
        jax.eval_shape(jax.grad(function), argument)
    except _REFUSALS:
        return False
    return True


def traced_either_way(autodiff: Autodiff, inputs: Sequence[jax.Array]) -> tuple[Program, Mode]:
    """Trace autodiff in the mode that JAX takes at arrays like the inputs: reverse if it can.

    Raises:
        DerivationError: If it takes neither, or forward mode would be run too often; with the line.
    """
    try:
        return trace(autodiff, *inputs, write_out=True)[0], "reverse"
    except _REFUSALS as error:
        refusal = error
    where = _loop(autodiff.loss)
    numbers = autodiff.numbers(inputs)
    if numbers > MANY:
        raise DerivationError(
            f"jax.grad cannot go back through the loss{where} ({_first_sentence(refusal)}), and "
            f"the loss is differentiated by {numbers:,} numbers: forward mode, which may, runs it "
            f"once for each and is asked of {MANY} at most; write a while loop with jax.lax.scan, "
            "or a fori_loop of fixed length, or hand over less"
        ) from refusal
    try:
        return trace(autodiff.forwards, *inputs, write_out=True)[0], "forward"
    except _REFUSALS:
        raise DerivationError(
            f"autodiff cannot differentiate the loss{where}: {_first_sentence(refusal)}; "
            "give what it cannot pass a derivative rule (jax.custom_vjp)"
        ) from refusal


def compiled_either_way(autodiff: Autodiff) -> Callable[[Sequence[Any]], list[jax.Array]]:
    """Return autodiff, compiled in the mode that JAX takes."""
    reverse, forward = (
        jax.jit(lambda v, way=way: way(*v)) for way in (autodiff, autodiff.forwards)
    )

    def either(values: Sequence[Any]) -> list[jax.Array]:
        try:
            return list(reverse(values))
        except _REFUSALS:
            return list(forward(values))

    return either


def shifting(values: Sequence[Value], shift: Any) -> Iterator[tuple[Value, Callable[[Any], Any]]]:
    """Yield changes that add ``shift`` to values; to each its own part when there are several."""
    for number, value in enumerate(values):

        def shifted(content: Any, number: int = number) -> Any:
            part = shift.reshape(len(values), *content.shape)[number]
            return content + part

        yield value, shifted


def _loop(loss: Program) -> str:
    """Return where the loss has a while loop; "" when it has none at its top."""
    for equation in loss.equations:
        if equation.primitive == "while":
            return f" at {equation.place}  {equation.place.code}" if equation.place else " itself"
    return ""


def _first_sentence(error: Exception) -> str:
    return str(error).partition("\n")[0].partition(". ")[0].rstrip(".")

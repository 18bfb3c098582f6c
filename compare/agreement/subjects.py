"""What the nodes of a report are about: the loss, its arguments' leaves, the values it names."""

from dataclasses import dataclass

import jax.numpy as jnp

from compare.agreement.arguments import Arguments
from compare.agreement.errors import GradientStructureError
from compare.agreement.question import Form
from compare.program import Program, Trace
from compare.program.program import Value
from compare.report.nodes import Kind


@dataclass(frozen=True)
class Subject:
    """What a node is about.

    Attributes:
        name: The node's name.
        kind: "value", "parameter" or "intermediate".
        shape: Of the node. A name used several times, in a loop say, has its values stacked.
        count: How many values of the loss it stands for; 0 when the loss has none of the name.
        order: Position of its step in the forward pass; the largest is nearest the loss.
        position: Of the input that it is; None when it is no input.
    """

    name: str
    kind: Kind
    shape: tuple[int, ...]
    count: int
    order: int
    position: int | None = None

    @property
    def comparable(self) -> bool:
        """Whether autodiff has it, too."""
        return self.count > 0

    def values_in(self, loss: Program) -> tuple[Value, ...]:
        """Return the values of a loss program that it stands for; none if it has other ones."""
        if self.position is not None:
            return (loss.inputs[self.position],)
        named = loss.named.get(self.name, ())
        if self.count == 1:
            return named[-1:]
        return named if len(named) == self.count else ()


def subjects_of(
    arguments: Arguments, form: Form, forward: Trace, hand: Program
) -> tuple[Program, tuple[Subject, ...]]:
    """Return the loss, written so that the named values can be got at, and a subject a node.

    Raises:
        GradientStructureError: If a named cotangent has another shape than its value.
    """
    loss = forward.as_it_is
    if any(name not in loss.named for name in form.names):
        loss = forward.unrolled if _named_inside(forward, form) else loss
    found = [Subject("loss", "value", (), 1, len(loss.equations) + 1)] if form.has_value else []
    for position in arguments.differentiated:
        value = loss.inputs[position]
        shape = loss.types[value].shape
        order = loss.first_use(value)
        found.append(Subject(arguments.names[position], "parameter", shape, 1, order, position))
    shapes = [hand.types[output].shape for output in hand.outputs[len(found) :]]
    for name, shape in zip(form.names, shapes, strict=True):
        found.append(_intermediate(name, shape, loss))
    return loss, tuple(found)


def _named_inside(forward: Trace, form: Form) -> bool:
    return any(name in forward.unrolled.named for name in form.names)


def _intermediate(name: str, shape: tuple[int, ...], loss: Program) -> Subject:
    values = [v for v in loss.named.get(name, ()) if _is_float(loss, v)]
    if not values:
        return Subject(name, "intermediate", shape, 0, -1)
    wanted = loss.types[values[-1]].shape
    alike = all(loss.types[value].shape == wanted for value in values)
    order = loss.writer[values[-1]]
    if shape == wanted:  # of several equal names the last counts
        return Subject(name, "intermediate", shape, 1, order)
    lead = shape[: len(shape) - len(wanted)]
    if alike and shape == (*lead, *wanted) and _product(lead) == len(values):
        return Subject(name, "intermediate", shape, len(values), order)
    times = f", {len(values)} times" if len(values) > 1 else ""
    raise GradientStructureError(
        f"the cotangent of {name} has shape {list(shape)}, the value that the loss names so "
        f"{list(wanted)}{times}; return one number for each of the value's"
    )


def _is_float(loss: Program, value: Value) -> bool:
    return bool(jnp.issubdtype(loss.types[value].dtype, jnp.floating))


def _product(lengths: tuple[int, ...]) -> int:
    total = 1
    for length in lengths:
        total *= length
    return total

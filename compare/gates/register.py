"""Add a gate of one's own, once its rule is proof-read at many places."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from compare.agreement.errors import DerivationError
from compare.gates.contract import Unfit, value_of
from compare.gates.examples import SHAPES, Example, as_examples, drawn
from compare.gates.rule import check_transposed, report_of
from compare.gates.settings import Setting, fixed, settings_of
from functional_nn.gates import Gate
from manual_backprop import gates as hand
from manual_backprop.rules import Pull, Push, Rule

SUIT = "; if it is not for such inputs or options, give examples= and options= that suit it"


def register(
    name: str,
    forward: Callable[..., Any],
    backward: Pull,
    *,
    tangent: Push | None = None,
    examples: Sequence[Example] | None = None,
    options: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    seed: int = 0,
) -> Gate:
    """Add a gate with a hand-written rule, once the rule is proof-read.

    It is proof-read at every setting of the options that ``compare.gates.settings`` draws, at
    scalars and arrays, from there at zeros, ties and both sides of branches, and under cotangents
    of many sizes.

    Args:
        name: What graphs call it.
        forward: ``forward(*inputs, **options) -> v``; options are keyword-only arguments.
        backward: ``backward(dv, v, *inputs, **options)``: with dv = ∂J/∂v, one contribution an
            input, of its shape; None for an input that has none.
        tangent: ``tangent(tangents, v, *inputs, **options) -> v̇`` for forward sweeps; if None,
            it is made of pulls, one an element of v.
        examples: Inputs to proof-read at, a tuple for each call; if None, scalars and arrays of
            one to three axes are drawn, as far as the gate takes them.
        options: A dictionary has the values to begin with, and others are tried around them; a
            list of dictionaries has the settings to proof-read with, and no others are tried.
        seed: Of the draws.

    Raises:
        GradientMismatch: If backward is wrong; the message is the report, which says at which
            shapes and options.
        ValueError: If the name is taken, forward or backward do not return what they have to, the
            tangent rule is not backward's transpose, or the gate cannot be computed.
        TypeError: If one of the functions cannot be called as it has to be, or raises.

    Warns:
        UserWarning: If an option was proof-read at one value, because only the author knows
            others: a word, say.
    """

    def check(gate: Gate, rule: Rule) -> None:
        settings = settings_of(gate, options, seed)
        given = None if examples is None else as_examples(gate, examples)
        for setting in settings:
            for inputs in _places(gate, setting, given, seed):
                _check_at(gate, rule, inputs, setting, seed, tangent is not None)
        for option, value in fixed(gate, options).items():
            warnings.warn(
                f"gate {name!r}: its option {option!r} was proof-read at {value!r} only; give the "
                f"settings that matter, options=[{{{option!r}: ...}}, ...], or annotate it with "
                "Literal[...]",
                stacklevel=5,
            )

    for what, function in (("forward", forward), ("backward", backward), ("tangent", tangent)):
        if not callable(function) and not (what == "tangent" and function is None):
            raise TypeError(f"gate {name!r}: {what} is {function!r}; give a function")
    return hand.register(name, forward, backward, check=check, tangent=tangent)


def _places(
    gate: Gate, setting: Setting, given: list[list[jax.Array]] | None, seed: int
) -> Iterator[list[jax.Array]]:
    """Yield the inputs to proof-read at with one setting.

    Raises:
        Unfit: If the gate has to take them, and does not.
    """
    if given is not None:
        for inputs in given:
            if setting.asked or _is_finite(gate, inputs, setting):
                value_of(gate, inputs, setting.options)
                yield inputs
        return
    found = False
    shapes = SHAPES if setting.asked else SHAPES[:: len(SHAPES) - 1]
    for domains in drawn(len(gate.inputs), shapes, seed):
        fitting = [inputs for inputs in domains if _is_finite(gate, inputs, setting)]
        found = found or bool(fitting)
        yield from fitting[:1]
    if setting.asked and not found:
        for domains in drawn(len(gate.inputs), shapes, seed):
            value_of(gate, domains[0], setting.options)  # raises what is wrong
        raise Unfit(
            f"gate {gate.name!r} has no finite value at any of the drawn inputs; give examples= "
            "and options= that suit it"
        )


def _is_finite(gate: Gate, inputs: Sequence[jax.Array], setting: Setting) -> bool:
    """Whether the gate takes these inputs, and its value there is finite."""
    try:
        value_of(gate, inputs, setting.options)
    except Unfit:
        return False
    return bool(np.isfinite(gate.forward(*inputs, **setting.options)).all())


def _check_at(
    gate: Gate, rule: Rule, inputs: list[jax.Array], setting: Setting, seed: int, tangent: bool
) -> None:
    """Proof-read at one place, and say which when something is wrong."""
    shapes = " and ".join(
        f"{name} {list(a.shape) if a.ndim else 'scalar'}"
        for name, a in zip(gate.inputs, inputs, strict=True)
    )
    place = f"proof-read at {shapes}" + (f", {setting}" if setting.options else "")
    if not setting.asked:
        place += "; right at the first options, so does it use the others?"
    try:
        report = report_of(gate, rule, inputs, setting.options, seed)
    except DerivationError as error:
        raise DerivationError(f"gate {gate.name!r}, {place}: {error}{SUIT}") from error
    replace(report, notes=(place, *report.notes)).raise_if_wrong()
    if tangent:
        check_transposed(gate, rule, inputs, setting.options, seed)

"""Loops too long to be written out, on paper: JAX runs the loop, its body computes in float64.

A loop whose end depends on its values need not end at inputs that its author never had, nor with a
step changed. Whoever draws inputs or tries changes runs loops ``patiently``.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp

from compare.program.program import Equation, Program, Value, on_host
from compare.program.run import Execute, run, step
from compare.program.widening import is_float

#: Takes how many steps are left and the operands; returns how many are left then, and the results.
Counted: TypeAlias = Callable[..., tuple[Any, list[Any]]]

#: As many steps as a loop may take at inputs that nobody asked about, and as many as at any.
PATIENCE, MOST = 100_000, 200_000
#: Roughly what one equation costs within a compiled loop, in operations of one element.
EACH = 100


class EndlessError(RuntimeError):
    """A loop took more steps than it was given."""


@dataclass(frozen=True, eq=False)
class Loop:
    """Runs a loop: takes its operands, returns a list of results.

    Attributes:
        counted: The same, counting steps, those of loops within it included. When none are left,
            a loop stops where it is.
        price: Roughly how many operations a step takes.
        parts: The programs that it repeats.
        made_of: Returns the same loop of other parts.
        again: Takes how many steps are left and the operands with the carry as it is; takes the
            carry one step further. None for a loop whose length is fixed.
        asked: For each carried value, whether the loop goes on as long as it says, and it is a
            float: such a loop ends by itself. None are for a loop of fixed length.
    """

    counted: Counted
    price: float
    parts: tuple[Program, ...]
    made_of: Callable[..., "Loop"]
    again: Counted | None = None
    asked: tuple[bool, ...] = ()

    @functools.cached_property
    def ends_itself(self) -> bool:
        """Whether it goes on until floats are as they should be, and does not count its steps."""
        return any(self.asked)

    @functools.cached_property
    def iterates(self) -> bool:
        """Whether it, or a loop within it, ends by itself."""
        return self.ends_itself or any(map(iterates, self.parts))

    @functools.cached_property
    def _compiled(self) -> Counted:
        return jax.jit(self.counted)

    def __call__(self, *operands: Any) -> list[Any]:
        """Run the loop to its end; without one its floats are nan: nobody waits for ever."""
        left, results = self._compiled(MOST, *operands)
        return [jnp.where(left > 0, r, jnp.nan) if is_float(r) else r for r in results]

    def further(self, *operands: Any) -> list[Any]:
        """Take the carry, as the operands have it, one step further."""
        return self._again_compiled(MOST, *operands)[1]

    @functools.cached_property
    def _again_compiled(self) -> Counted:
        assert self.again is not None
        return jax.jit(self.again)

    def within(self, most: int, *operands: Any) -> tuple[int, list[Any]]:
        """Run the loop; return how many steps it took, all of ``most`` if it did not end, too."""
        left, results = self._compiled(most, *operands)
        return most - max(0, int(left)), [on_host(result) for result in results]


def iterates(program: Program) -> bool:
    """Whether a program has loops that end by themselves, those within others included."""
    return any(map(may_rest, program.equations))


def may_rest(equation: Equation) -> bool:
    """Whether an equation is a loop that ends by itself, or has one within it."""
    return isinstance(equation.function, Loop) and equation.function.iterates


def patiently(heard: Callable[[Loop, int], None], most: int = PATIENCE) -> Execute:
    """Return how an equation is run where no loop may take ``most`` steps.

    Such a run raises ``EndlessError`` for a loop that does.

    Args:
        heard: Is told how many steps each loop took.
        most: As said.
    """

    def execute(equation: Equation, operands: Sequence[Any]) -> list[Any]:
        loop = equation.function
        if not isinstance(loop, Loop):
            return step(equation, operands)
        steps, results = loop.within(most, *operands)
        heard(loop, steps)
        if steps >= most:
            msg = f"a loop did not end within {most:,} steps"
            raise EndlessError(msg)
        return results

    return execute


def scan_parts(params: Mapping[str, Any]) -> tuple[int, int]:
    """Return where the carry begins among a scan's operands, and where it ends."""
    if "num_consts" in params:
        return params["num_consts"], params["num_consts"] + params["num_carry"]
    constants, carry, _ = (len(list(part.vals)) for part in params["ft_in"].unpack())
    return constants, constants + carry


def scan_on_paper(params: Mapping[str, Any], body: Program) -> Loop:
    """Return what a scan does, of its constants, its carry and what it runs over."""
    first, last = scan_parts(params)

    def scan(left: Any, *operands: Any) -> tuple[Any, list[Any]]:
        fixed = operands[:first]

        def once(carry: tuple[Any, ...], row: tuple[Any, ...]) -> tuple[Any, Any]:
            left, *carried = carry
            left, results = _run_counted(body, left - 1, [*fixed, *carried, *row])
            return (left, *results[: len(carried)]), tuple(results[len(carried) :])

        (left, *carry), stacked = jax.lax.scan(
            once,
            (jnp.asarray(left), *operands[first:last]),
            operands[last:],
            length=params["length"],
            reverse=params["reverse"],
        )
        return left, [*carry, *stacked]

    return Loop(scan, _price(body), (body,), functools.partial(scan_on_paper, params))


def while_on_paper(params: Mapping[str, Any], condition: Program, body: Program) -> Loop:
    """Return what a while loop does, of the constants of its two parts and its carry."""
    first = params["cond_nconsts"]
    last = first + params["body_nconsts"]

    def loop(left: Any, *operands: Any) -> tuple[Any, list[Any]]:
        of_condition, of_body = operands[:first], operands[first:last]

        def holds(carry: Sequence[Any]) -> Any:
            return run(condition, [*of_condition, *carry])[0]

        def goes_on(state: tuple[Any, ...]) -> Any:
            left, *carry = state
            return jnp.any(holds(carry)) & (left > 0)

        def once(state: tuple[Any, ...]) -> tuple[Any, ...]:
            left, *carry = state
            going = holds(carry)
            left, results = _run_counted(body, left - 1, [*of_body, *carry])
            return left, *(_where(going, new, old) for new, old in zip(results, carry, strict=True))

        left, *carry = jax.lax.while_loop(goes_on, once, (jnp.asarray(left), *operands[last:]))
        return left, carry

    def again(left: Any, *operands: Any) -> tuple[Any, list[Any]]:
        return _run_counted(body, left, list(operands[first:]))

    price, made_of = _price(condition, body), functools.partial(while_on_paper, params)
    asked = _floats_asked(condition, condition.inputs[first:])
    return Loop(loop, price, (condition, body), made_of, again, asked)


def _run_counted(body: Program, left: Any, operands: list[Any]) -> tuple[Any, list[Any]]:
    """Run a loop's body; loops within it take their steps from the same number."""

    def execute(equation: Equation, operands: Sequence[Any]) -> list[Any]:
        nonlocal left
        if not isinstance(equation.function, Loop):
            return step(equation, operands)
        left, results = equation.function.counted(left, *operands)
        return results

    results = run(body, operands, execute=execute)
    return left, results


def _floats_asked(condition: Program, carried: Sequence[Value]) -> tuple[bool, ...]:
    """Return which of a loop's carried values are floats that its condition depends on."""
    asked = condition.feeding(condition.outputs)
    return tuple(
        value in asked and bool(jnp.issubdtype(condition.types[value].dtype, jnp.floating))
        for value in carried
    )


def _price(*parts: Program) -> float:
    """Return roughly how many operations it takes to run some programs, compiled."""
    total = 0.0
    for part in parts:
        for equation in part.equations:
            values = (*equation.inputs, *equation.outputs)
            total += EACH + sum(math.prod(part.types[value].shape) for value in values)
    return total


def _where(going: Any, new: Any, old: Any) -> Any:
    """Return the new value for the rows that go on: under ``vmap`` each row has its own end."""
    if jnp.ndim(going) == 0:
        return new
    rows = jnp.reshape(going, jnp.shape(going) + (1,) * (jnp.ndim(new) - jnp.ndim(going)))
    return jnp.where(jnp.broadcast_to(rows, jnp.shape(new)), new, old)

"""Loops too long to be written out, on paper: JAX runs the loop, its body computes in float64."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp

from compare.program.program import Program
from compare.program.run import run

Function: TypeAlias = Callable[..., list[Any]]


def scan_parts(params: Mapping[str, Any]) -> tuple[int, int]:
    """Return where the carry begins among a scan's operands, and where it ends."""
    if "num_consts" in params:
        return params["num_consts"], params["num_consts"] + params["num_carry"]
    constants, carry, _ = (len(list(part.vals)) for part in params["ft_in"].unpack())
    return constants, constants + carry


def scan_on_paper(params: Mapping[str, Any], body: Program) -> Function:
    """Return what a scan does, of its constants, its carry and what it runs over."""
    first, last = scan_parts(params)

    def scan(*operands: Any) -> list[Any]:
        fixed = operands[:first]

        def step(carry: tuple[Any, ...], row: tuple[Any, ...]) -> tuple[Any, Any]:
            results = run(body, [*fixed, *carry, *row])
            return tuple(results[: len(carry)]), tuple(results[len(carry) :])

        carry, stacked = jax.lax.scan(
            step,
            operands[first:last],
            operands[last:],
            length=params["length"],
            reverse=params["reverse"],
        )
        return [*carry, *stacked]

    return jax.jit(scan)


def while_on_paper(params: Mapping[str, Any], condition: Program, body: Program) -> Function:
    """Return what a while loop does, of the constants of its two parts and its carry."""
    first = params["cond_nconsts"]
    last = first + params["body_nconsts"]

    def loop(*operands: Any) -> list[Any]:
        of_condition, of_body = operands[:first], operands[first:last]

        def holds(carry: tuple[Any, ...]) -> Any:
            return run(condition, [*of_condition, *carry])[0]

        def step(carry: tuple[Any, ...]) -> tuple[Any, ...]:
            going, results = holds(carry), run(body, [*of_body, *carry])
            return tuple(_where(going, new, old) for new, old in zip(results, carry, strict=True))

        carry = jax.lax.while_loop(lambda now: jnp.any(holds(now)), step, operands[last:])
        return list(carry)

    return jax.jit(loop)


def _where(going: Any, new: Any, old: Any) -> Any:
    """Return the new value for the rows that go on: under ``vmap`` each row has its own end."""
    if jnp.ndim(going) == 0:
        return new
    rows = jnp.reshape(going, jnp.shape(going) + (1,) * (jnp.ndim(new) - jnp.ndim(going)))
    return jnp.where(jnp.broadcast_to(rows, jnp.shape(new)), new, old)

"""How programs of training are compiled: alike, all of them, so that last bits agree.

What is streamed, swept or walked over again for a report is held against what ran in one piece.

On a CPU, XLA keeps vectors to 256 bits where the processor has 512: older ones slow down for the
wider. Milliseconds a step in one loop, Adam included, 2 cores (AMD EPYC of 2024, jax 0.10.2):

                            256      512
    784-128-10, batch 64    0.151    0.138
    64-32-10, batch 32      0.0171   0.0168
    784-512-512-10          1.55     1.51    (1.67 and 1.74 in a second run: as fast)
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax

WIDE: dict[str, bool | int | str] = {"xla_cpu_prefer_vector_width": 512}


def jitted(function: Callable[..., Any], donate_argnums: int | tuple[int, ...] = ()) -> Any:
    """Return ``jax.jit(function)``, compiled as training is."""
    return jax.jit(
        function,
        donate_argnums=donate_argnums,
        compiler_options=dict(WIDE) if jax.default_backend() == "cpu" and _is_known() else None,
    )


@lru_cache(maxsize=1)
def _is_known() -> bool:
    """Return whether this XLA has the option: it refuses to compile with one that it has not."""
    try:
        jax.jit(lambda: 0, compiler_options=dict(WIDE)).lower().compile()
    except jax.errors.JaxRuntimeError:
        return False
    return True

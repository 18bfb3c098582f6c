"""Slopes of common functions, made of a variable: by the function's value or its argument."""

from collections.abc import Iterator

import numpy as np

from compare.repair.reading import Reading
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.writing import parsed

#: And what else is often forgotten.
SLOPES = (
    "1 - {v} ** 2",
    "{v} * (1 - {v})",
    "{v} > 0",
    "1 - {v}",
    "jnp.cos({v})",
    "jnp.exp({v})",
    "{v} ** 2",
    "1 - jnp.tanh({v}) ** 2",
    "jax.nn.sigmoid({v})",
    "-jnp.sin({v})",
    "jnp.sign({v})",
    "{v} ** 3",
    "jnp.sqrt({v})",
    "1 + {v}",
    "2 * {v}",
)


def slopes_of(atom: Atom, reading: Reading) -> Iterator[Atom]:
    """Yield the slopes made of a variable."""
    if not atom.shape or np.asarray(atom.content).dtype.kind != "f":
        return
    for formula in SLOPES:
        node = parsed(formula.format(v=atom.text))
        content = reading.try_out(node)
        if content is not None and np.isfinite(content).all():
            yield Atom(node, content)

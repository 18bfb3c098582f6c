"""L4-11 and L4-12: the multiply gate, and a sentence on the simple example."""

import jax.numpy as jnp

from functional_nn.gates import gates
from manual_backprop.lectures.entry import Claim, Entry, Form, Meaning, Number

EXAMPLE = {"x": -2.0, "y": 5.0, "z": -4.0}


def _multiply_gate(x: Number, y: Number, dz: Number) -> tuple[Number, Number]:
    return y * dz, x * dz


def _f(x: Number, y: Number, z: Number) -> Number:
    return (x + y) * z


def _decreased(x: Number, y: Number, z: Number) -> Number:
    return _f(x, y, z) - 4


def _increased(x: Number, y: Number, z: Number) -> Number:
    return _f(x + 1, y, z)


BLOCKS = (
    Entry(
        "L4-11",
        "Block Example Implementation",
        Form(
            "MultiplyGate: dx = y dz, dy = x dz",
            r"dx = y\, dz,\qquad dy = x\, dz",
            (
                Claim(
                    "dx, dy",
                    _multiply_gate,
                    Meaning(lambda x, y, dz: jnp.sum(dz * gates["mul"].forward(x, y))),
                    {"x": 2.0, "y": -3.0, "dz": 5.0},
                    wrt=("x", "y"),
                ),
            ),
        ),
        "dz is what comes back to the product. The slide's Python leaves `self` out of both "
        "signatures; its two equations are read, not its class.",
    ),
    Entry(
        "L4-12",
        "Backpropagation Intro, (x + y)z",
        Form(
            "“by increasing x by a scale of 1, we decrease f by a scale of 4”: "
            "f(x + 1, y, z) = f(x, y, z) − 4",
            r"f(x + 1, y, z) = f(x, y, z) - 4 \quad \text{at } x = -2,\, y = 5,\, z = -4",
            (Claim("f", _decreased, Meaning(_increased), EXAMPLE, held=("z",)),),
        ),
        'At the printed numbers. "By a scale of" is read as "by": x grows by 1, f falls by 4. '
        "The 4 belongs to z = −4, which stays; x and y are redrawn as well.",
    ),
)

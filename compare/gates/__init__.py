"""Proof-read the local rules of gates: the built-in ones, and one's own when they are registered.

register("swish2", forward, backward)      # refused, with the report, when backward is wrong
check_gate("tanh", jnp.array([0.3, -2.0])) # the report of a known one
"""

from compare.gates.examples import Example, drawn, examples_of
from compare.gates.register import register
from compare.gates.rule import check_gate
from compare.gates.settings import Setting, settings_of

__all__ = [
    "Example",
    "Setting",
    "check_gate",
    "drawn",
    "examples_of",
    "register",
    "settings_of",
]

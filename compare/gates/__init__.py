"""Proof-read the local rules of gates: the built-in ones, and one's own when they are registered.

register("swish2", forward, backward)      # refused, with the report, when backward is wrong
module("layer", graph, backward)           # likewise: a graph with a backward of its own
check_gate("tanh", jnp.array([0.3, -2.0])) # the report of a known one
"""

from compare.gates.examples import Example, drawn, examples_of
from compare.gates.module import module
from compare.gates.register import register
from compare.gates.rule import check_gate
from compare.gates.settings import Setting, settings_of

__all__ = [
    "Example",
    "Setting",
    "check_gate",
    "drawn",
    "examples_of",
    "module",
    "register",
    "settings_of",
]

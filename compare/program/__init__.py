"""Traced functions as lists of equations that can be read, re-run and edited.

The only place that touches the internals of JAX: how a trace is represented, where its equations
stand in the source, how one equation is run alone.
"""

from compare.program.place import Place
from compare.program.program import Equation, Program
from compare.program.run import run
from compare.program.settling import unrest
from compare.program.trace import Trace, trace, trace_of, with_float64

__all__ = [
    "Equation",
    "Place",
    "Program",
    "Trace",
    "run",
    "trace",
    "trace_of",
    "unrest",
    "with_float64",
]

"""Computations as graphs: written with Python's operators, kept as data, run in order.

    x, y, z = symbols("x y z")
    f = build((x + y).named("q") * z, "f")
    f(x=-2, y=5, z=-4)          # -12.0
    print(f)                    # its equations
    from_json(to_json(f)) == f
    f(x, 2 * x, z)              # a symbol: the graph as a module of another one

Everything is iterative: a chain of 10,000 nodes is a graph like any other.
``manual_backprop.graph`` has the sweeps that give the partial derivatives.
"""

from functional_nn.graph.build import build
from functional_nn.graph.evaluate import evaluate, function_of, values
from functional_nn.graph.graph import Graph, Node
from functional_nn.graph.mlp import from_mlp, mlp_inputs, parameter_names, params_of
from functional_nn.graph.modules import Module, opened
from functional_nn.graph.serial import from_json, to_json
from functional_nn.graph.symbols import Symbol, apply, constant, gate, symbol, symbols
from functional_nn.graph.text import equation, listing

__all__ = [
    "Graph",
    "Module",
    "Node",
    "Symbol",
    "apply",
    "build",
    "constant",
    "equation",
    "evaluate",
    "from_json",
    "from_mlp",
    "function_of",
    "gate",
    "listing",
    "mlp_inputs",
    "opened",
    "parameter_names",
    "params_of",
    "symbol",
    "symbols",
    "to_json",
    "values",
]

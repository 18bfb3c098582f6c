"""Case 1 and Case 2 module by module: forward 1 to 5, backward 5 to 1.

A backward sees what its forward saw, and what is handed down to it: nothing else.

Source: 10-601B Lecture 15, "Case 2", modules 1 to 5.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from jaxtyping import Array

from functional_nn.graph import Graph, build, gate, symbols
from manual_backprop.graph import backpropagate

#: Quantities by name: x, theta or alpha and beta, t; or the derivatives of J by them.
Values: TypeAlias = Mapping[str, Array]


def _modules() -> Mapping[str, Graph]:
    """Return the five modules as graphs."""
    b, beta, z, a, alpha, x, y, t = symbols("b beta z a alpha x y t")
    log = gate("log")
    return MappingProxyType(
        {
            "module5": build(t * log(y) + (1 - t) * log(1 - y), "J", inputs=(y, t)),
            "module4": build(1 / (1 + gate("exp")(-b)), "y", inputs=(b,)),
            "module3": build((beta * z).sum(), "b", inputs=(beta, z)),
            "module2": build(1 / (1 + gate("exp")(-a)), "z", inputs=(a,)),
            "module1": build(alpha @ x, "a", inputs=(alpha, x)),
        }
    )


def case_1(given: Values) -> Values:
    """Return the derivatives of logistic regression from modules 1, 4 and 5."""
    run = _modules()
    a = run["module3"](beta=given["theta"], z=given["x"])
    y = run["module4"](b=a)
    dy = backpropagate(run["module5"], {"y": y, "t": given["t"]}).partial("y")
    da = backpropagate(run["module4"], {"b": a}, seed=dy).partial("b")
    linear = backpropagate(run["module3"], {"beta": given["theta"], "z": given["x"]}, seed=da)
    return {"y": dy, "a": da, "theta": linear.partial("beta"), "x": linear.partial("z")}


def case_2(given: Values) -> Values:
    """Return the derivatives of the network: forward 1 to 5, backward 5 to 1."""
    run = _modules()
    alpha, beta, x = given["alpha"], given["beta"], given["x"]
    a = run["module1"](alpha=alpha, x=x)
    z = run["module2"](a=a)
    b = run["module3"](beta=beta, z=z)
    y = run["module4"](b=b)
    dy = backpropagate(run["module5"], {"y": y, "t": given["t"]}).partial("y")
    db = backpropagate(run["module4"], {"b": b}, seed=dy).partial("b")
    third = backpropagate(run["module3"], {"beta": beta, "z": z}, seed=db)
    da = backpropagate(run["module2"], {"a": a}, seed=third.partial("z")).partial("a")
    first = backpropagate(run["module1"], {"alpha": alpha, "x": x}, seed=da)
    outer = {"y": dy, "b": db, "beta": third.partial("beta"), "z": third.partial("z")}
    return outer | {"a": da, "alpha": first.partial("alpha"), "x": first.partial("x")}

"""Write a graph down with Python's own operators.

    x, y, z = symbols("x y z")
    q = (x + y).named("q")
    graph = build(q * z, "f")

A symbol is one value to come. Used twice it is one node with two users, not two nodes.
"""

import numbers
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

from functional_nn.gates import gates
from functional_nn.graph.checks import check_call, check_name
from functional_nn.graph.constants import frozen_constant
from functional_nn.graph.graph import Graph, Node
from functional_nn.names import lookup

_LARGER = "the larger of two is gate('max')(a, b), and gate('step')(a - b) is 1 where a is larger"


class Symbol:
    """A node of a graph that is still being written down.

    Attributes:
        gate: As in ``Node``.
        inputs: The symbols it is computed from.
        options: What is fixed now, by name.
        module: The graph that a module stands for.
        name: What it shall be called; None leaves the choice to ``build``.
    """

    __array_ufunc__ = None  # so that NumPy leaves `array * symbol` to the symbol

    def __init__(
        self,
        gate: str,
        inputs: Sequence["Symbol"] = (),
        options: dict[str, Any] | None = None,
        module: Graph | None = None,
        name: str | None = None,
    ) -> None:
        self.gate = gate
        self.inputs = tuple(inputs)
        self.options = dict(options or {})
        self.module = module
        self.name = name

    def named(self, name: str) -> "Symbol":
        """Return the symbol, which has this name from now on.

        One that has another name already keeps it, for the graphs that are still to be built of
        it, and a new symbol of the new name is returned: of an input, another input.
        """
        check_name(name)
        if self.name not in (None, name):
            return Symbol(self.gate, self.inputs, self.options, self.module, name)
        self.name = name
        return self

    def node(self, name: str, inputs: Sequence[str]) -> Node:
        """Return the node that it becomes."""
        return Node(name, self.gate, tuple(inputs), tuple(self.options.items()), self.module)

    def __add__(self, other: Any) -> "Symbol":
        """Return ``self + other``."""
        return apply("add", self, other)

    def __radd__(self, other: Any) -> "Symbol":
        """Return ``other + self``."""
        return apply("add", other, self)

    def __sub__(self, other: Any) -> "Symbol":
        """Return ``self - other``."""
        return apply("sub", self, other)

    def __rsub__(self, other: Any) -> "Symbol":
        """Return ``other - self``."""
        return apply("sub", other, self)

    def __mul__(self, other: Any) -> "Symbol":
        """Return ``self * other``, element by element."""
        return apply("mul", self, other)

    def __rmul__(self, other: Any) -> "Symbol":
        """Return ``other * self``, element by element."""
        return apply("mul", other, self)

    def __truediv__(self, other: Any) -> "Symbol":
        """Return ``self / other``."""
        return apply("div", self, other)

    def __rtruediv__(self, other: Any) -> "Symbol":
        """Return ``other / self``."""
        return apply("div", other, self)

    def __matmul__(self, other: Any) -> "Symbol":
        """Return the matrix product ``self @ other``."""
        return apply("matmul", self, other)

    def __rmatmul__(self, other: Any) -> "Symbol":
        """Return the matrix product ``other @ self``."""
        return apply("matmul", other, self)

    def __pow__(self, exponent: Any) -> "Symbol":
        """Return a fixed power, or ``a^b`` when the exponent is a symbol."""
        if isinstance(exponent, Symbol):
            return apply("pow", self, exponent)
        if isinstance(exponent, bool) or not isinstance(exponent, numbers.Real):
            raise TypeError(f"the exponent is {exponent!r}; wanted a number, or another symbol")
        return apply("power", self, exponent=exponent)

    def __rpow__(self, base: Any) -> "Symbol":
        """Return ``base ** self``."""
        return apply("pow", base, self)

    def __neg__(self) -> "Symbol":
        """Return ``-self``."""
        return apply("neg", self)

    def __abs__(self) -> "Symbol":
        """Return ``|self|``, element by element."""
        return apply("abs", self)

    def __bool__(self) -> bool:
        """Refuse: a symbol has no value yet, so nothing can be decided by it."""
        raise TypeError(f"a symbol has no value to decide by; {_LARGER}")

    def __lt__(self, other: Any) -> bool:
        """Refuse likewise."""
        raise TypeError(f"a symbol has no value to compare; {_LARGER}")

    __gt__ = __le__ = __ge__ = __lt__

    def __getitem__(self, index: Any) -> NoReturn:
        """Refuse: what is known of a value to come is what it is computed from."""
        raise TypeError(
            f"a symbol has no parts yet, so {self}[{index!r}] is none; make each part an input of "
            "its own, or take it with a gate: register('part', lambda a: a[...], backward)"
        )

    @property
    def dtype(self) -> NoReturn:
        """Refuse to be taken for an array: JAX's functions ask for this first."""
        raise ValueError(  # of a TypeError JAX makes a sentence of its own
            f"{self} is a symbol, and no array yet; write gate('sin')(x) for jnp.sin(x), and "
            "symbols into a graph: functional_nn.gates.gates has all gates"
        )

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> "Symbol":
        """Return the sum over ``axis``, over everything if None."""
        return apply("sum", self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> "Symbol":
        """Return the mean over ``axis``, over everything if None."""
        return apply("mean", self, axis=axis, keepdims=keepdims)

    def broadcast(self, shape: Sequence[int]) -> "Symbol":
        """Return copies of the value that fill ``shape``."""
        return apply("broadcast", self, shape=tuple(shape))

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or kept: a symbol is still being written down, and one of a kind."""
        raise TypeError(
            f"{self} cannot be copied or pickled; build(symbol) makes a graph, which is data"
        )

    def __repr__(self) -> str:
        """Return one line that says what it is."""
        return f"Symbol({self.name or self.gate!r})"


def symbol(name: str) -> Symbol:
    """Return an input."""
    return Symbol("input").named(name)


def symbols(names: str) -> tuple[Symbol, ...]:
    """Return an input for each word of ``names``."""
    return tuple(symbol(name) for name in names.split())


def constant(value: Any) -> Symbol:
    """Return a fixed number, or a fixed array.

    Raises:
        TypeError: If it is no real number and no array of them.
    """
    return Symbol("constant", options={"value": frozen_constant(value)})


def apply(gate: str, *inputs: Any, **options: Any) -> Symbol:
    """Return the value of a gate at these inputs; numbers among them become constants.

    Raises:
        ValueError: If the gate is unknown, or takes other inputs or options.
    """
    check_call(gate, len(inputs), options)
    return Symbol(gate, [_as_symbol(value) for value in inputs], options)


def apply_module(graph: Graph, inputs: Sequence[Any]) -> Symbol:
    """Return the output of a graph that is nested in the one being written."""
    return Symbol("module", [_as_symbol(value) for value in inputs], module=graph)


def gate(name: str) -> Callable[..., Symbol]:
    """Return a gate as a function of symbols: with ``"tanh"``, their tanh.

    Raises:
        ValueError: If it is unknown; the nearest known one is offered.
    """
    lookup("gate", name, gates)
    return partial(apply, name)


def _as_symbol(value: Any) -> Symbol:
    return value if isinstance(value, Symbol) else constant(value)

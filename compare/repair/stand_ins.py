"""What ``jnp``, ``jax`` and the author's functions mean while an edit is tried: the same, on NumPy.

A rewritten expression is evaluated by Python itself. In place of the modules of JAX it finds these
stand-ins, so that nothing is traced or compiled.
"""

import types
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import jax
import numpy as np
import scipy.special

from compare.program.loops import EndlessError
from compare.program.place import is_authored
from compare.program.program import on_host

#: A loop that takes more steps than this is not run in Python.
_LONGEST_LOOP = 2_000


class NoStandInError(AttributeError):
    """A function of JAX that has no stand-in."""


class _Editable(np.ndarray):
    """An array with JAX's ``.at``: ``x.at[i].add(y)`` returns a changed copy."""

    @property
    def at(self) -> Any:
        """What takes the index."""
        return _At(self)


class _At:
    """``x.at``, and after an index ``x.at[i]``."""

    def __init__(self, array: np.ndarray, index: Any = None) -> None:
        self._array, self._index = array, index

    def __getitem__(self, index: Any) -> "_At":
        return _At(self._array, index)

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        ufunc = {"add": np.add, "multiply": np.multiply, "max": np.maximum, "min": np.minimum}

        def changed(values: Any) -> Any:
            copy = self._array.copy()
            if name == "set":
                copy[self._index] = values
            else:
                ufunc[name].at(copy, self._index, values)
            return copy

        return changed


def editable(content: Any) -> Any:
    """Return an array with ``.at``; what is no array as it is."""
    return content.view(_Editable) if isinstance(content, np.ndarray) else content


def _new(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: editable(function(*args, **kwargs))


def _one_hot(labels: Any, count: int, axis: int = -1, dtype: Any = float) -> Any:
    return np.moveaxis((np.asarray(labels)[..., None] == np.arange(count)).astype(dtype), -1, axis)


_NN: Mapping[str, Callable[..., Any]] = {
    "sigmoid": scipy.special.expit,
    "softmax": lambda x, axis=-1: scipy.special.softmax(x, axis=axis),
    "log_softmax": lambda x, axis=-1: scipy.special.log_softmax(x, axis=axis),
    "log_sigmoid": scipy.special.log_expit,
    "logsumexp": scipy.special.logsumexp,
    "relu": lambda x: np.maximum(x, 0.0),
    "softplus": lambda x: np.logaddexp(x, 0.0),
    "silu": lambda x: x * scipy.special.expit(x),
    "swish": lambda x: x * scipy.special.expit(x),
    "tanh": np.tanh,
    "one_hot": _one_hot,
}


def _scan(
    body: Callable[..., Any],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    **_: Any,
) -> Any:
    """Run a loop as ``jax.lax.scan`` does."""
    count = length if xs is None else len(jax.tree.leaves(xs)[0])
    carry, steps = init, range(count or 0)
    results = []
    for k in reversed(steps) if reverse else steps:
        carry, y = body(carry, jax.tree.map(lambda x, k=k: editable(x[k]), xs))
        results.append(y)
    rows = results[::-1] if reverse else results
    return carry, jax.tree.map(lambda *leaves: np.stack(leaves), *rows)


def _while_loop(
    cond_fun: Callable[[Any], Any], body_fun: Callable[[Any], Any], init_val: Any
) -> Any:
    """Run a loop as ``jax.lax.while_loop`` does, if it has an end."""
    carry = init_val
    for _ in range(_LONGEST_LOOP):
        if not cond_fun(carry):
            return carry
        carry = jax.tree.map(editable, body_fun(carry))
    msg = f"a loop did not end within {_LONGEST_LOOP:,} steps"
    raise EndlessError(msg)


def _fori_loop(
    lower: int, upper: int, body_fun: Callable[[int, Any], Any], init_val: Any, **_: Any
) -> Any:
    """Run a loop as ``jax.lax.fori_loop`` does, if it is not too long."""
    state = (int(lower), init_val)
    return _while_loop(
        lambda state: state[0] < int(upper),
        lambda state: (state[0] + 1, body_fun(*state)),
        state,
    )[1]


def _cond(
    pred: Any, true_fun: Callable[..., Any], false_fun: Callable[..., Any], *operands: Any
) -> Any:
    """Choose as ``jax.lax.cond`` does."""
    return (true_fun if pred else false_fun)(*operands)


_LAX: Mapping[str, Callable[..., Any]] = {
    "scan": _scan,
    "while_loop": _while_loop,
    "fori_loop": _fori_loop,
    "cond": _cond,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "select": np.where,
    "stop_gradient": lambda x: x,
    "erf": scipy.special.erf,
    "logistic": scipy.special.expit,
    "expand_dims": lambda x, axes: np.expand_dims(x, tuple(axes)),
    "integer_pow": lambda x, y: x**y,
}
_OTHERS: Mapping[str, Callable[..., Any]] = {
    **_NN,
    **_LAX,
    "checkpoint_name": lambda x, name: x,
    "expit": scipy.special.expit,
}


class _Module:
    """A module whose functions are looked up in a table, then in NumPy, then in modules below."""

    def __init__(self, table: Mapping[str, Any], falls_back: bool) -> None:
        self._table, self._falls_back = table, falls_back

    def __getattr__(self, name: str) -> Any:
        if name in self._table:
            return self._table[name]
        if self._falls_back and hasattr(np, name):
            return getattr(np, name)
        raise NoStandInError(name)


_JNP = _Module(
    {"zeros": _new(np.zeros), "ones": _new(np.ones), "full": _new(np.full)}, falls_back=True
)
_SPECIAL = _Module({"logsumexp": scipy.special.logsumexp, **vars(scipy.special)}, falls_back=False)
_JAX = _Module(
    {
        "numpy": _JNP,
        "nn": _Module(_NN, falls_back=False),
        "lax": _Module(_LAX, falls_back=True),
        "scipy": _Module({"special": _SPECIAL}, falls_back=False),
        "Array": np.ndarray,
        "tree": jax.tree,
    },
    falls_back=False,
)
_MODULES: Mapping[str, Any] = {
    "jax": _JAX,
    "jax.numpy": _JNP,
    "jax.nn": _JAX.nn,
    "jax.lax": _JAX.lax,
    "jax.scipy.special": _SPECIAL,
    "numpy": np,
    "math": __import__("math"),
}


class StandIns:
    """Puts stand-ins in the place of whatever the author's code refers to."""

    def __init__(self) -> None:
        self._namespaces: dict[int, dict[str, Any]] = {}
        self._functions: dict[int, Any] = {}

    def namespace(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return a module's variables with stand-ins."""
        if id(variables) not in self._namespaces:
            found = self._namespaces[id(variables)] = dict(variables)
            found.update({name: self.of(content) for name, content in variables.items()})
        return self._namespaces[id(variables)]

    def of(self, content: Any, scope: Mapping[str, Any] = MappingProxyType({})) -> Any:
        """Return what stands in for a module, a function or an array; anything else as it is.

        Args:
            content: What the author's code refers to.
            scope: What a function that was defined there finds around it.
        """
        if isinstance(content, types.ModuleType):
            return self._module(content)
        if isinstance(content, jax.Array):
            return on_host(content)
        inner = getattr(content, "__wrapped__", content)
        if isinstance(inner, types.FunctionType):
            if inner.__closure__ and scope:
                return self._copy(inner, scope)
            return self._function(inner)
        module = getattr(content, "__module__", "") or ""
        if callable(content) and module.split(".")[0] in ("jax", "jaxlib"):
            return _by_name(getattr(content, "__name__", ""), content)
        return content

    def _module(self, module: types.ModuleType) -> Any:
        if module.__name__ in _MODULES:
            return _MODULES[module.__name__]
        if not is_authored(getattr(module, "__file__", None) or "<frozen>"):
            return module  # Python's, or a library's: there is no end to what it refers to
        return _Module(self.namespace(vars(module)), falls_back=False)

    def _function(self, function: types.FunctionType) -> Any:
        if function.__module__.split(".")[0] in ("jax", "jaxlib"):
            return _by_name(function.__name__, function)
        if id(function) not in self._functions:
            self._functions[id(function)] = function  # a recursive one finds itself
            self._functions[id(function)] = self._copy(function, {})
        return self._functions[id(function)]

    def _copy(self, function: types.FunctionType, scope: Mapping[str, Any]) -> types.FunctionType:
        """Return a function that finds stand-ins around it, and what is in scope."""
        names = function.__code__.co_freevars
        cells = tuple(
            types.CellType(scope[name]) if name in scope else self._cell(cell)
            for name, cell in zip(names, function.__closure__ or (), strict=True)
        )
        copy = types.FunctionType(
            function.__code__,
            self.namespace(function.__globals__),
            function.__name__,
            function.__defaults__,
            cells or None,
        )
        copy.__kwdefaults__ = function.__kwdefaults__
        return copy

    def _cell(self, cell: Any) -> Any:
        try:
            return types.CellType(self.of(cell.cell_contents))
        except ValueError:  # not filled yet
            return cell


def _by_name(name: str, otherwise: Any) -> Any:
    return _OTHERS.get(name) or getattr(np, name, otherwise)

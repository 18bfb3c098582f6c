"""The network: its description, its value, and what it refuses."""

import dataclasses
import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import MLP, Dense, Params, activations, losses

CE, BCE = "softmax_cross_entropy", "binary_cross_entropy"
X = np.array([[0.5, -1.0, 2.0], [1.5, 0.2, -0.3], [-0.7, 0.9, 0.1], [0.3, 0.3, 1.0]], np.float32)
Y = np.array([0, 1, 1, 0])


def drawn(mlp: MLP, seed: int = 0) -> Params:
    """Parameters with biases that are not zero."""
    layers = mlp.init(jax.random.key(seed))
    return tuple(Dense(w, jnp.linspace(-0.5, 0.7, b.size)) for w, b in layers)


# --- the description -------------------------------------------------------------------------


def test_one_name_goes_to_every_hidden_layer() -> None:
    mlp = MLP((3, 4, 5, 2), "tanh", "sigmoid")
    assert mlp.activations == ("tanh", "tanh")
    assert mlp.layer_activations == ("tanh", "tanh", "sigmoid")
    assert mlp.depth == 3
    assert mlp == MLP([3, 4, 5, 2], ["tanh", "tanh"], "sigmoid")


def test_is_hashable_and_frozen() -> None:
    assert len({MLP((3, 2)), MLP((3, 2)), MLP((3, 2), l2=0.1)}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        MLP((3, 2)).l2 = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    "mlp",
    [
        MLP((3, 2)),
        MLP((3, 4, 5, 2), ("gelu_tanh", "silu"), "tanh", "squared_error", "zeros", 1e-4),
    ],
)
def test_repr_is_the_call_that_makes_it(mlp: MLP) -> None:
    assert eval(repr(mlp)) == mlp


def test_replace_changes_arguments_by_name() -> None:
    mlp = MLP((3, 4, 2), "tanh", l2=0.1)
    assert mlp.replace(loss="hinge", l2=0.0) == MLP((3, 4, 2), "tanh", loss="hinge")
    assert mlp.replace() == mlp
    with pytest.raises(ValueError, match="unknown loss"):
        mlp.replace(loss="hing")


SIZES = "sizes must be at least two positive integers, input and output, got "
LOSSES = "binary_cross_entropy, half_squared_error, hinge, softmax_cross_entropy, squared_error"
ACTIVATIONS = ", ".join(sorted(activations))
INITIALIZERS = (
    "glorot_normal, glorot_uniform, he_normal, he_uniform, lecun_normal, lecun_uniform, "
    "small_normal, zeros"
)

#  id: arguments, the whole sentence
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "one size": ({"sizes": (3,)}, f"{SIZES}(3,)"),
    "no unit": ({"sizes": (3, 0, 2)}, f"{SIZES}(3, 0, 2)"),
    "too few": (
        {"sizes": (3, 4, 5, 2), "activations": ["relu"]},
        (
            "1 activations for 2 hidden layers (sizes [3, 4, 5, 2]); give one name for all of "
            "them, or one per hidden layer"
        ),
    ),
    "activation": (
        {"sizes": (3, 4, 2), "activations": "rellu"},
        f"unknown activation 'rellu'; did you mean 'relu'? known: {ACTIVATIONS}",
    ),
    "no hidden layer": (
        {"sizes": (3, 2), "activations": "sigmod"},
        f"unknown activation 'sigmod'; did you mean 'sigmoid'? known: {ACTIVATIONS}",
    ),
    "output": (
        {"sizes": (3, 2), "output": "softmax"},
        f"unknown activation 'softmax'; did you mean 'softplus'? known: {ACTIVATIONS}",
    ),
    "loss": (
        {"sizes": (3, 2), "loss": "soft_max_cross_entropy"},
        (
            "unknown loss 'soft_max_cross_entropy'; did you mean 'softmax_cross_entropy'? "
            f"known: {LOSSES}"
        ),
    ),
    "initializer": (
        {"sizes": (3, 2), "initializer": "he"},
        f"unknown initializer 'he'; did you mean 'he_normal'? known: {INITIALIZERS}",
    ),
    "negative penalty": (
        {"sizes": (3, 2), "l2": -0.1},
        "l2 must be a finite number of at least 0, got -0.1",
    ),
    "no number": (
        {"sizes": (3, 2), "l2": float("nan")},
        "l2 must be a finite number of at least 0, got nan",
    ),
}


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED.values(), ids=REFUSED)
def test_the_constructor_refuses(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        MLP(**arguments)


# --- the value -------------------------------------------------------------------------------


def test_apply_is_layers_and_activations_in_turn() -> None:
    mlp = MLP((3, 4, 2), "tanh", "sigmoid")
    (W1, b1), (W2, b2) = params = drawn(mlp)
    hidden = np.tanh(X @ W1 + np.asarray(b1)[None, :])
    wanted = 1 / (1 + np.exp(-(hidden @ W2 + np.asarray(b2)[None, :])))
    np.testing.assert_allclose(mlp.apply(params, X), wanted, rtol=1e-5)


def test_loss_is_the_mean_over_rows_and_the_penalty_of_the_weights() -> None:
    mlp = MLP((3, 4, 2), "tanh", l2=0.3)
    params = drawn(mlp)
    logits = np.asarray(mlp.apply(params, X), np.float64)
    rows = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(4), Y]
    squares = sum(float((np.asarray(layer.weight, np.float64) ** 2).sum()) for layer in params)
    np.testing.assert_allclose(mlp.loss(params, X, Y), rows.mean() + 0.15 * squares, rtol=1e-5)


@pytest.mark.parametrize("loss", [CE, BCE])
def test_integer_one_hot_and_soft_targets_agree(loss: str) -> None:
    mlp = MLP((3, 4, 2), loss=loss)
    params, one_hot = drawn(mlp), np.eye(2, dtype=np.float32)[Y]
    values = [mlp.loss(params, X, y) for y in (Y, jnp.asarray(Y), one_hot, one_hot.astype(int))]
    assert len({float(value) for value in values}) == 1


@pytest.mark.parametrize("loss", losses)
def test_row_weights_are_repeated_rows(loss: str) -> None:
    mlp = MLP((3, 4, 2), "tanh", loss=loss, l2=0.1)
    params, counts = drawn(mlp), np.array([2, 0, 1, 3])
    weighted = mlp.loss(params, X, Y, counts)
    repeated = mlp.loss(params, np.repeat(X, counts, axis=0), np.repeat(Y, counts))
    np.testing.assert_allclose(weighted, repeated, rtol=1e-6)
    np.testing.assert_allclose(mlp.loss(params, X, Y, 7 * counts), weighted, rtol=1e-6)
    np.testing.assert_allclose(
        mlp.loss(params, X, Y, np.ones(4)), mlp.loss(params, X, Y), rtol=1e-6
    )


@pytest.mark.parametrize(("dtype", "weight"), [("float16", 3e4), ("float32", 8e37)])
def test_large_row_weights_stay_in_range(dtype: str, weight: float) -> None:
    mlp = MLP((3, 4, 2), "tanh")
    params, x = mlp.init(jax.random.key(0), dtype), X.astype(dtype)
    alike = mlp.loss(params, x, Y, np.full(4, weight, np.float32))
    assert alike > 0
    np.testing.assert_allclose(alike, mlp.loss(params, x, Y), rtol=2e-3)


def test_a_row_of_weight_0_is_not_there() -> None:
    mlp = MLP((3, 4, 2), "tanh")
    params, weights = drawn(mlp), np.array([1, 0, 1, 1])
    x, y = X.copy(), Y.copy()
    x[1], y[1] = 100, 1 - y[1]
    assert mlp.loss(params, x, y, weights) == mlp.loss(params, X, Y, weights)
    assert mlp.loss(params, x, y) != mlp.loss(params, X, Y)


def test_static_under_jit_and_as_an_argument() -> None:
    mlp = MLP((3, 4, 2), l2=0.1)
    params = drawn(mlp)
    loss = mlp.loss(params, X, Y)
    np.testing.assert_allclose(jax.jit(mlp.loss)(params, X, Y), loss, rtol=1e-6)
    by_argument = jax.jit(lambda mlp, *args: mlp.loss(*args))  # a pytree without leaves
    np.testing.assert_allclose(by_argument(mlp, params, X, Y), loss, rtol=1e-6)


def test_vmap_over_networks_and_rows() -> None:
    mlp = MLP((3, 4, 2), "gelu")
    many = jax.vmap(mlp.init)(jax.random.split(jax.random.key(0), 3))
    each = jax.vmap(mlp.loss, in_axes=(0, None, None))(many, X, Y)
    for n, loss in enumerate(each):
        one = jax.tree.map(itemgetter(n), many)
        np.testing.assert_allclose(mlp.loss(one, X, Y), loss, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_everything_stays_in_the_dtype_of_the_parameters(dtype: str) -> None:
    mlp = MLP((3, 4, 2), "gelu_tanh", l2=0.1)
    params = mlp.init(jax.random.key(0), dtype)
    x = jnp.asarray(X, dtype)
    assert mlp.apply(params, x).dtype == mlp.loss(params, x, Y).dtype == jnp.dtype(dtype)
    assert mlp.loss(params, x, Y, np.array([1, 2, 3, 4])).dtype == jnp.dtype(dtype)


def test_pre_activations_are_named() -> None:
    mlp = MLP((3, 4, 5, 2))
    text = str(jax.make_jaxpr(mlp.apply)(drawn(mlp), X))
    assert [f"name={name}]" in text for name in ("z1", "z2", "z3", "z4")] == [True] * 3 + [False]


#  id: loss, outputs, what the network says of logits [[2, -1, 0], [-3, 0, -4]] (first n of them)
PREDICTIONS = {
    "classes": (CE, 3, [0, 1]),
    "hinge": ("hinge", 3, [0, 1]),
    "hinge, one output": ("hinge", 1, [1, 0]),
    "binary, one output": (BCE, 1, [1, 0]),
    "binary, tags": (BCE, 3, [[1, 0, 1], [0, 1, 0]]),
    "values": ("squared_error", 3, [[2.0, -1.0, 0.0], [-3.0, 0.0, -4.0]]),
    "one value": ("half_squared_error", 1, [[2.0], [-3.0]]),
}


@pytest.mark.parametrize(("loss", "n_out", "wanted"), PREDICTIONS.values(), ids=PREDICTIONS)
def test_predict(loss: str, n_out: int, wanted: list) -> None:
    logits = jnp.array([[2.0, -1.0, 0.0], [-3.0, 0.0, -4.0]])[:, :n_out]
    predicted = MLP((2, n_out), loss=loss).predict((Dense(logits, jnp.zeros(n_out)),), jnp.eye(2))
    assert predicted.tolist() == wanted
    assert jnp.issubdtype(predicted.dtype, jnp.floating) == ("squared" in loss)


def test_precision_reaches_every_product() -> None:
    mlp = MLP((3, 4, 2))
    params = drawn(mlp)
    for f in (mlp.apply, mlp.predict, lambda *a, **k: mlp.loss(*a, Y, **k)):
        text = str(jax.make_jaxpr(lambda p, x, f=f: f(p, x, precision="highest"))(params, X))
        assert text.count("dot_general[") == text.count("precision=(Precision.HIGHEST") == 2


# --- what it refuses -------------------------------------------------------------------------

GOOD = drawn(MLP((3, 2)))


def _loss(x: Any = X, y: Any = Y, weights: Any = None, params: Params = GOOD) -> Callable[[], Any]:
    return lambda: MLP((3, 2)).loss(params, x, y, weights)


#  id: call, error, the whole sentence
MISUSE = {
    "integers": (_loss(X.astype(np.int32)), TypeError, (
        "x is int32; the network takes floats: x.astype(jnp.float32)")),
    "complex": (_loss(X.astype(np.complex64)), TypeError, (
        "x is complex64; the network takes floats: x.astype(jnp.float32)")),
    "columns": (_loss(X[:, :2]), ValueError, (
        "x has shape [4, 2]; the network takes [batch, 3] (sizes [3, 2])")),
    "one row without its axis": (_loss(X[0]), ValueError, (
        "x has shape [3]; the network takes [batch, 3] (sizes [3, 2])")),
    "no rows": (_loss(X[:0], Y[:0]), ValueError, (
        "no rows: the mean over rows needs at least one")),
    "weights of another network": (_loss(params=drawn(MLP((3, 4, 2)))), ValueError, (
        "params hold weights of shapes [[3, 4], [4, 2]]; sizes [3, 2] take [[3, 2]]")),
    "biases that would be broadcast": (_loss(params=(Dense(GOOD[0].weight, jnp.zeros(1)),)),
        ValueError, "params hold biases of shapes [[1]]; sizes [3, 2] take [[2]]"),
    "targets": (_loss(y=Y[:3]), ValueError, (
        "targets of shape [3] do not fit outputs of shape [4, 2]; "
        "give integer labels [4] or values [4, 2]")),
    "too few row weights": (_loss(weights=np.ones(3)), ValueError, (
        "weights of shape [3] for 4 rows; give one weight a row")),
    "negative row weights": (_loss(weights=np.array([1.0, 2.0, -1.0, 0.0])), ValueError, (
        "row weights must be finite, at least 0 and not all 0; got -1.0 to 2.0")),
    "no row weight": (_loss(weights=np.zeros(4)), ValueError, (
        "row weights must be finite, at least 0 and not all 0; got 0.0 to 0.0")),
    "row weights not finite": (_loss(weights=np.array([1, 2, np.nan, 0])), ValueError, (
        "row weights must be finite, at least 0 and not all 0; got nan to nan")),
}  # fmt: skip


@pytest.mark.parametrize(("call", "error", "sentence"), MISUSE.values(), ids=MISUSE)
def test_misuse(call: Callable[[], Any], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()

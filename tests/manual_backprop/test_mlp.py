"""Backpropagation by hand is a drop-in for ``jax.value_and_grad(mlp.loss)``."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from functional_nn import MLP, Dense, activations, losses
from manual_backprop import backpropagate, deltas, grad_and_deltas, value_and_grad

NAMES = list(activations)
SIZES = {1: (4, 3), 2: (4, 5, 3), 3: (4, 6, 5, 3), 4: (4, 7, 6, 5, 3)}  # by depth


def off(hand: Any, reference: Any) -> float:
    """Return the worst error of any leaf, of the leaf's largest element."""
    assert jax.tree.structure(hand) == jax.tree.structure(reference)

    def of_leaf(h: jax.Array, r: jax.Array) -> float:
        assert (h.shape, h.dtype) == (r.shape, r.dtype)
        h, r = np.asarray(h, np.float64), np.asarray(r, np.float64)
        return float(np.max(np.abs(h - r)) / (np.max(np.abs(r)) or 1.0))

    return max(jax.tree.leaves(jax.tree.map(of_leaf, hand, reference)))


# --- the right values ------------------------------------------------------------------------


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize(("index", "loss"), list(enumerate(losses)))
def test_agrees_with_autodiff(index: int, loss: str, draw: Callable) -> None:
    """Every activation with every loss, at depths 1 to 4, and as the output's own."""
    for number, name in enumerate(NAMES):
        depth = 1 + (index + number) % 4
        hidden = [name, *(NAMES[(number + 3 * n) % 10 + 1] for n in range(2, depth))][: depth - 1]
        output = "identity" if "entropy" in loss else NAMES[(number + 5) % len(NAMES)]
        mlp = MLP(SIZES[depth], hidden, output, loss, l2=0.1 * (number % 2))
        problem = draw(mlp, seed=number)
        hand = value_and_grad(mlp)(*problem)
        assert off(hand, jax.value_and_grad(mlp.loss)(*problem)) <= 1e-13, mlp


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("hidden", [NAMES[:3], NAMES[3:6], NAMES[6:9], NAMES[8:]], ids="-".join)
def test_no_less_exact_than_autodiff_in_working_precision(hidden: list, draw: Callable) -> None:
    mlp = MLP((4, 5, 6, 7, 3), hidden, l2=0.1)
    by_hand, by_autodiff = jax.jit(value_and_grad(mlp)), jax.jit(jax.value_and_grad(mlp.loss))
    for dtype in ("float16", "bfloat16", "float32"):
        problem = draw(mlp).in_dtype(dtype)
        hand, autodiff = by_hand(*problem), by_autodiff(*problem)
        assert {leaf.dtype for leaf in jax.tree.leaves(hand)} == {jnp.dtype(dtype)}
        truth = by_autodiff(*problem.in_dtype("float64"))
        wide = [jax.tree.map(lambda leaf: leaf.astype("float64"), v) for v in (hand, autodiff)]
        error, yardstick = (off(value, truth) for value in wide)
        assert error <= 2 * yardstick + 4 * float(jnp.finfo(dtype).eps), (dtype, error, yardstick)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("loss", losses)
def test_agrees_with_numbers(loss: str, draw: Callable) -> None:
    """Softplus and the cross-entropies bring rules of JAX's own: numbers are the third witness."""
    mlp = MLP((3, 4, 2), "softplus", loss=loss, l2=0.1)
    params, x, y = draw(mlp)
    _, grads = value_and_grad(mlp)(params, x, y)
    flat, unflatten = ravel_pytree(params)
    value = jax.jit(lambda vector: mlp.loss(unflatten(vector), x, y))
    h, hand = 1e-3, ravel_pytree(grads)[0]
    for n in range(flat.size):
        at = [float(value(flat.at[n].add(s * h))) for s in (-2, -1, 1, 2)]
        numeric = (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * h)
        np.testing.assert_allclose(hand[n], numeric, rtol=0, atol=1e-10)


@pytest.mark.usefixtures("x64")
def test_deltas_are_the_gradients_of_the_pre_activations(draw: Callable) -> None:
    mlp = MLP((4, 5, 6, 3), ("tanh", "gelu"), "sigmoid", "squared_error", l2=0.2)
    params, x, y = draw(mlp)

    def objective(added: dict[str, jax.Array]) -> jax.Array:
        u = x
        for n, layer in enumerate(params, 1):
            z = u @ layer.weight + layer.bias[None, :] + added[f"z{n}"]
            u = activations[mlp.layer_activations[n - 1]](z)
        return jnp.mean(losses[mlp.loss_name](u, y))

    nothing = {f"z{n}": jnp.zeros((6, size)) for n, size in enumerate(mlp.sizes[1:], 1)}
    hand = deltas(mlp, params, x, y)
    assert list(hand) == ["z1", "z2", "z3"]
    assert off(hand, jax.grad(objective)(nothing)) <= 1e-13


def test_every_door_leads_to_the_same_numbers(draw: Callable) -> None:
    mlp = MLP((4, 5, 3), "silu", l2=0.1)
    problem = draw(mlp)
    loss, grads, named = backpropagate(mlp, *problem)
    assert off((loss, grads), value_and_grad(mlp)(*problem)) == 0
    assert off((grads, named), grad_and_deltas(mlp)(*problem)) == 0
    assert off(named, deltas(mlp, *problem)) == 0
    assert loss == mlp.loss(*problem)


# --- row weights -----------------------------------------------------------------------------


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("loss", losses)
def test_row_weights(loss: str, draw: Callable) -> None:
    mlp = MLP((4, 5, 3), "tanh", loss=loss, l2=0.1)
    params, x, y = draw(mlp)
    counts = np.array([2, 0, 1, 3, 1, 1])
    weighted = value_and_grad(mlp)(params, x, y, counts)
    assert off(weighted, jax.value_and_grad(mlp.loss)(params, x, y, counts)) <= 1e-13
    repeated = (np.repeat(data, counts, axis=0) for data in (x, y))
    assert off(weighted, value_and_grad(mlp)(params, *repeated)) <= 1e-13
    assert off(weighted, value_and_grad(mlp)(params, x.at[1].set(1e3), y, counts)) == 0
    ones = value_and_grad(mlp)(params, x, y, np.ones(6))
    assert off(ones, value_and_grad(mlp)(params, x, y)) <= 1e-13
    assert not deltas(mlp, params, x, y, counts)["z1"][1].any()


# --- degenerate shapes -----------------------------------------------------------------------

#  id: sizes, batch, loss
DEGENERATE = {
    "no hidden layer": ((4, 3), 6, "softmax_cross_entropy"),
    "one row": ((4, 5, 3), 1, "softmax_cross_entropy"),
    "one output": ((4, 5, 1), 6, "binary_cross_entropy"),
    "one output, hinge": ((4, 5, 1), 6, "hinge"),
    "one class": ((4, 5, 1), 6, "softmax_cross_entropy"),
    "one of everything": ((1, 1, 1), 1, "half_squared_error"),
    "a bottleneck": ((4, 1, 3), 6, "softmax_cross_entropy"),
    "all equal": ((5, 5, 5, 5), 5, "softmax_cross_entropy"),
}


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize(("sizes", "batch", "loss"), DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_shapes(sizes: tuple, batch: int, loss: str, draw: Callable) -> None:
    mlp = MLP(sizes, "tanh", loss=loss)
    problem = draw(mlp, batch)
    hand, autodiff = value_and_grad(mlp)(*problem), jax.value_and_grad(mlp.loss)(*problem)
    assert off(hand, autodiff) <= 1e-13


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("loss", losses)
def test_at_zero_weights_every_logit_is_zero(loss: str, draw: Callable) -> None:
    for name in NAMES:
        mlp = MLP((4, 5, 3), name, loss=loss, initializer="zeros")
        problem = draw(mlp)._replace(params=mlp.init(jax.random.key(0), jnp.float64))
        hand, autodiff = value_and_grad(mlp)(*problem), jax.value_and_grad(mlp.loss)(*problem)
        assert off(hand, autodiff) <= 1e-13, name


# --- ways of running -------------------------------------------------------------------------


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "hinge"])
def test_eager_and_jit_agree(loss: str, draw: Callable) -> None:
    mlp = MLP((4, 5, 6, 3), ("gelu_tanh", "elu"), loss=loss, l2=0.1)
    problem = draw(mlp)
    f = value_and_grad(mlp)
    assert off(jax.jit(f)(*problem), f(*problem)) <= 1e-14


@pytest.mark.usefixtures("x64")
def test_vmap_over_rows_gives_gradients_of_each(draw: Callable) -> None:
    mlp = MLP((4, 5, 3), "tanh")
    params, x, y = draw(mlp)
    rows = jax.vmap(value_and_grad(mlp), in_axes=(None, 0, 0))(params, x[:, None], y[:, None])
    mean = jax.tree.map(lambda leaf: leaf.mean(axis=0), rows)
    assert off(mean, value_and_grad(mlp)(params, x, y)) <= 1e-14


@pytest.mark.usefixtures("x64")
def test_vmap_over_networks(draw: Callable) -> None:
    mlp = MLP((4, 5, 3), "silu", l2=0.1)
    problems = [draw(mlp, seed=seed) for seed in range(3)]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *problems)
    each = jax.vmap(value_and_grad(mlp))(*stacked)
    for n, problem in enumerate(problems):
        one = jax.tree.map(lambda leaf, n=n: leaf[n], each)
        assert off(one, value_and_grad(mlp)(*problem)) <= 1e-14


@pytest.mark.usefixtures("x64")
def test_scan_trains_as_a_loop_does_and_as_autodiff_does(draw: Callable) -> None:
    mlp = MLP((4, 5, 3), "tanh", l2=0.01)
    params, x, y = draw(mlp)

    def trained(f: Callable, steps: int) -> Any:
        def step(params: Any, _: None) -> tuple[Any, jax.Array]:
            loss, grads = f(params, x, y)
            return jax.tree.map(lambda p, g: p - 0.1 * g, params, grads), loss

        return jax.lax.scan(step, params, length=steps)

    hand, autodiff = trained(value_and_grad(mlp), 50), trained(jax.value_and_grad(mlp.loss), 50)
    assert off(hand, autodiff) <= 1e-12
    loop = params
    for _ in range(5):
        _, grads = value_and_grad(mlp)(loop, x, y)
        loop = jax.tree.map(lambda p, g: p - 0.1 * g, loop, grads)
    assert off(trained(value_and_grad(mlp), 5)[0], loop) <= 1e-14


def test_traced_once_for_many_calls(draw: Callable) -> None:
    mlp = MLP((4, 5, 3))
    traces = []

    @jax.jit
    def counted(*problem: Any) -> Any:
        traces.append(1)
        return value_and_grad(mlp)(*problem)

    for seed in range(3):
        counted(*draw(mlp, seed=seed))
    assert len(traces) == 1


# --- second order ----------------------------------------------------------------------------


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize(("number", "name"), list(enumerate(NAMES)))
def test_its_derivative_is_the_hessian(number: int, name: str, draw: Callable) -> None:
    """Forward over the hand derivation, and reverse over it, against autodiff twice."""
    loss = list(losses)[number % len(losses)]
    mlp = MLP((4, 5, 3), name, "tanh" if "squared" in loss else "identity", loss, l2=0.1)
    params, x, y = draw(mlp)
    along, _, _ = draw(mlp, seed=1)
    products = _hessian_products(mlp, x, y)
    for point in (params, jax.tree.map(jnp.zeros_like, params)):
        forward, reverse, autodiff = products(point, along)
        assert off(forward, autodiff) <= 1e-12
        assert off(reverse, autodiff) <= 1e-12


def _hessian_products(mlp: MLP, x: jax.Array, y: jax.Array) -> Callable:
    @jax.jit
    def products(params: Any, along: Any) -> Any:
        def by_hand(p: Any) -> Any:
            return value_and_grad(mlp)(p, x, y)[1]

        def along_gradient(p: Any) -> jax.Array:
            pairs = zip(jax.tree.leaves(by_hand(p)), jax.tree.leaves(along), strict=True)
            return sum((jnp.vdot(g, a) for g, a in pairs), start=jnp.zeros(()))

        forward = jax.jvp(by_hand, (params,), (along,))[1]
        reverse = jax.grad(along_gradient)(params)
        autodiff = jax.jvp(lambda p: jax.grad(mlp.loss)(p, x, y), (params,), (along,))[1]
        return forward, reverse, autodiff

    return products


@pytest.mark.usefixtures("x64")
def test_the_loss_it_returns_may_be_differentiated(draw: Callable) -> None:
    mlp = MLP((4, 5, 3), "tanh", l2=0.1)
    params, x, y = draw(mlp)
    through = jax.grad(lambda p: value_and_grad(mlp)(p, x, y)[0])(params)
    assert off(through, value_and_grad(mlp)(params, x, y)[1]) <= 1e-13


# --- a drop-in -------------------------------------------------------------------------------


def test_wider_data_leaves_the_gradients_in_the_dtype_of_the_parameters(draw: Callable) -> None:
    mlp = MLP((4, 5, 3), "tanh", l2=0.1)
    narrow, wide = draw(mlp).in_dtype("bfloat16"), draw(mlp)
    with jax.numpy_dtype_promotion("standard"):
        hand = value_and_grad(mlp)(narrow.params, wide.x, wide.y)
        autodiff = jax.value_and_grad(mlp.loss)(narrow.params, wide.x, wide.y)
    assert off(hand, autodiff) <= 2e-2  # the dtypes are the same, and `off` asks for that


def test_refuses_what_the_loss_refuses() -> None:
    mlp = MLP((4, 3))
    params = mlp.init(jax.random.key(0))
    f = value_and_grad(mlp)
    with pytest.raises(TypeError, match="x is int32; the network takes floats"):
        f(params, np.ones((2, 4), np.int32), np.array([0, 1]))
    with pytest.raises(ValueError, match="label 3 in row 1 is out of range"):
        f(params, np.ones((2, 4), np.float32), np.array([0, 3]))
    with pytest.raises(ValueError, match="row weights must be finite"):
        f(params, np.ones((2, 4), np.float32), np.array([0, 1]), np.array([1.0, -1.0]))
    bad = (Dense(params[0].weight, jnp.zeros(1)),)
    with pytest.raises(ValueError, match="params hold biases of shapes"):
        f(bad, np.ones((2, 4), np.float32), np.array([0, 1]))


def test_nan_comes_out_as_nan(draw: Callable) -> None:
    for name in NAMES:
        mlp = MLP((4, 5, 3), name)
        params, x, y = draw(mlp)
        loss, _ = value_and_grad(mlp)(params, x.at[0, 0].set(jnp.nan), y)
        assert np.isnan(loss), name

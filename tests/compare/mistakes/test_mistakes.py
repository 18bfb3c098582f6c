"""Every mistake spoils the one equation it says, and nothing else but what follows from it."""

import re
from collections.abc import Iterator
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.mistakes import Equations, Mistake, Place, applicable, derive, mistakes
from compare.report.diagnosis import KINDS
from functional_nn import MLP, Dense, Params, activations
from manual_backprop import grad_and_deltas, slopes
from manual_backprop.mlp import backpropagate

CE, BCE = "softmax_cross_entropy", "binary_cross_entropy"

# Name: network, batch, row weights. Together they have what every mistake needs.
NETWORKS = {
    "tanh": (MLP((5, 4, 3), "tanh"), 6, False),
    "one-layer": (MLP((4, 3)), 5, False),
    "square": (MLP((5, 5, 5, 5), ("tanh", "relu"), l2=0.3), 5, False),
    "weighted": (MLP((4, 6, 3), "silu", l2=0.1), 5, True),
    "bce": (MLP((3, 4, 4, 2), ("gelu", "gelu_tanh"), loss=BCE), 6, True),
    "hinge": (MLP((3, 7, 2), "leaky_relu", loss="hinge"), 5, False),
    "values": (MLP((4, 5, 2), "softplus", "tanh", "half_squared_error", l2=0.2), 3, False),
    "one-output": (MLP((4, 5, 1), "elu", "sigmoid", "squared_error"), 6, True),
}
TOLERANCE = 1e-9  # of the node's largest element; the smallest mistake planted is 1e-6


@pytest.fixture(autouse=True)
def x64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def problem(mlp: MLP, batch: int, weighted: bool, seed: int = 4) -> tuple:
    """Draw (params, x, y, weights), biases and all."""
    keys = jax.random.split(jax.random.key(seed), 4)
    noise = [jax.random.normal(key, (n,)) for key, n in zip(keys, mlp.sizes[1:], strict=False)]
    initial = mlp.init(keys[0], jnp.float64)
    params = tuple(Dense(w, 0.5 * b) for (w, _), b in zip(initial, noise, strict=True))
    x = jax.random.normal(keys[1], (batch, mlp.sizes[0]))
    n_out = mlp.sizes[-1]
    if mlp.loss_name.endswith("squared_error"):
        y = jax.random.normal(keys[2], (batch, n_out))
    elif n_out == 1 or mlp.loss_name in {BCE, "hinge"}:
        y = jax.random.bernoulli(keys[2], 0.5, (batch, n_out)).astype(int)
    else:
        y = jax.random.randint(keys[2], (batch,), 0, n_out)
    weights = jax.random.uniform(keys[3], (batch,), minval=0.1) if weighted else None
    return params, x, y, weights


def named(grads: Params, deltas: dict) -> dict[str, np.ndarray]:
    leaves = {jax.tree_util.keystr(path): leaf for path, leaf in jax.tree.leaves_with_path(grads)}
    return {name: np.asarray(value) for name, value in {**leaves, **deltas}.items()}


def differing(left: dict[str, np.ndarray], right: dict[str, np.ndarray]) -> set[str]:
    assert left.keys() == right.keys()
    assert all(left[name].shape == right[name].shape for name in left)
    return {
        name
        for name in left
        if not np.max(np.abs(left[name] - right[name])) <= TOLERANCE * np.max(np.abs(right[name]))
    }


def rerun(mlp: MLP, params: Params, x: jax.Array, right: dict, mistaken: dict) -> dict:
    """Run every right step once, on the mistaken values that reach it."""
    us, zs = [x], []
    for (weight, bias), name in zip(params, mlp.layer_activations, strict=True):
        zs.append(us[-1] @ weight + bias[None, :])
        us.append(activations[name](zs[-1]))
    steps = {f"z{mlp.depth}": right[f"z{mlp.depth}"]}
    for number in range(1, mlp.depth + 1):
        weight, delta = params[number - 1].weight, mistaken[f"z{number}"]
        if number > 1:
            below = slopes[mlp.layer_activations[number - 2]](zs[number - 2])
            steps[f"z{number - 1}"] = (delta @ weight.T) * below
        steps[f"[{number - 1}].weight"] = us[number - 1].T @ delta + mlp.l2 * weight
        steps[f"[{number - 1}].bias"] = delta.sum(axis=0)
    return {name: np.asarray(value) for name, value in steps.items()}


def planted_in(mlp: MLP, batch: int, weighted: bool) -> Iterator[tuple[Mistake, int, set, set]]:
    """Yield (mistake, layer, nodes that differ from right, nodes whose own step is wrong)."""
    params, x, y, weights = problem(mlp, batch, weighted)
    right = named(*grad_and_deltas(mlp)(params, x, y, weights))
    for mistake, layer in applicable(mlp, batch, weighted):
        mistaken = named(*mistake.plant(mlp, layer)(params, x, y, weights))
        steps = rerun(mlp, params, x, right, mistaken)
        yield mistake, layer, differing(mistaken, right), differing(mistaken, steps)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_first_wrong_node_is_the_one_named(name: str) -> None:
    mlp, batch, weighted = NETWORKS[name]
    for mistake, layer, wrong, own in planted_in(mlp, batch, weighted):
        node = mistake.node(layer)
        assert own == {node}, f"{mistake.id} in layer {layer}"
        assert node in wrong
        above = {f"z{number}" for number in range(layer + 1, mlp.depth + 1)}
        leaves = {
            leaf for n in range(layer, mlp.depth) for leaf in (f"[{n}].weight", f"[{n}].bias")
        }
        assert not wrong & (above | leaves), f"{mistake.id} in layer {layer}: a step above is wrong"


def test_the_networks_have_room_for_every_mistake() -> None:
    met = {mistake.id for network in NETWORKS.values() for mistake, _ in applicable(*network)}
    assert met == set(mistakes)


@pytest.mark.parametrize("name", NETWORKS)
def test_with_the_right_equations_it_is_manual_backprop(name: str) -> None:
    mlp, batch, weighted = NETWORKS[name]
    params, x, y, weights = problem(mlp, batch, weighted)
    derived = derive(mlp, lambda layer: Equations())(params, x, y, weights)
    _, *right = backpropagate(mlp, params, x, y, weights)
    # one of them may multiply the factors of a product in another order
    same = partial(np.testing.assert_allclose, rtol=4e-16)
    jax.tree.map(same, tuple(derived), tuple(right))


def test_there_are_many_of_many_kinds() -> None:
    assert len(mistakes) >= 24
    kinds = {mistake.kind for mistake in mistakes.values()}
    assert kinds <= set(KINDS)
    # The rest are mistakes of floating point, of kinks and of second order, not of an equation.
    assert set(KINDS) - kinds == {
        "numerically-unstable", "precision-loss", "wrong-at-kink", "second-order", "unknown",
    }  # fmt: skip
    equations = {mistake.equation for mistake in mistakes.values()}
    assert equations == set(Equations.__dataclass_fields__)


@pytest.mark.parametrize("mistake", mistakes.values(), ids=lambda mistake: mistake.id)
def test_is_said_in_one_sentence(mistake: Mistake) -> None:
    assert re.fullmatch(r"[A-Z].*\.", mistake.what)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", mistake.id)


#    mistake                       needs         a network that lacks it, with its batch
LACKING = [
    ("missing-batch-mean", "several rows", MLP((4, 3)), 1),
    ("bias-mean-for-sum", "several rows", MLP((4, 3)), 1),
    ("label-off-by-one", "several outputs", MLP((4, 1), loss=BCE), 5),
    ("softmax-as-diagonal", "softmax", MLP((4, 3), loss=BCE), 5),
    ("missing-slope", "a slope", MLP((4, 3)), 5),
    ("slope-at-the-wrong-value", "a curved slope", MLP((4, 5, 3), "relu"), 5),
    ("slope-of-another-layer", "equal widths", MLP((4, 5, 3), "tanh"), 5),
    ("weights-not-transposed", "square weights", MLP((4, 5, 3), "tanh"), 5),
    ("weights-of-another-layer", "equal weights", MLP((4, 5, 3), "tanh"), 5),
    ("recursion-sign", "a layer below", MLP((4, 3)), 5),
    ("activation-of-another-layer", "square weights", MLP((4, 3)), 5),
    ("pre-activation-for-activation", "a hidden layer", MLP((4, 3)), 5),
    ("bias-over-the-wrong-axis", "as many rows as units", MLP((4, 3)), 5),
    ("penalty-forgotten", "a penalty", MLP((4, 3)), 5),
    ("penalty-on-biases", "a penalty", MLP((4, 3)), 5),
    ("row-weights-ignored", "row weights", MLP((4, 3)), 5),
    ("hinge-on-the-wrong-side", "hinge", MLP((4, 3)), 5),
    ("factor-two", "an output that passes gradients", MLP((4, 3), output="step"), 5),
]


@pytest.mark.parametrize(
    ("name", "needs", "mlp", "batch"), LACKING, ids=[f"{c[0]}" for c in LACKING]
)
def test_is_not_planted_where_it_cannot_show(name: str, needs: str, mlp: MLP, batch: int) -> None:
    assert mistakes[name].layers(mlp, batch) == (), f"{name} needs {needs}"


def test_a_step_unit_hides_what_lies_below() -> None:
    mlp = MLP((4, 5, 6, 3), ("tanh", "step"))
    assert mistakes["recursion-sign"].layers(mlp, 5) == ()
    assert mistakes["weight-never-accumulated"].layers(mlp, 5) == (3,)
    assert mistakes["missing-slope"].layers(mlp, 5) == (2,)  # which lets the gradient through


def test_layers_are_those_of_the_equation() -> None:
    mlp = MLP((4, 5, 6, 3), "tanh")
    assert mistakes["factor-two"].layers(mlp, 5) == (3,)
    assert mistakes["missing-slope"].layers(mlp, 5) == (1, 2)
    assert mistakes["recursion-sign"].layers(mlp, 5) == (2, 3)
    assert mistakes["bias-mean-for-sum"].layers(mlp, 5) == (1, 2, 3)
    assert mistakes["recursion-sign"].applies(Place(mlp, layer=2, batch=5))


def test_nodes_are_named_as_in_a_report() -> None:
    assert mistakes["factor-two"].node(3) == "z3"
    assert mistakes["missing-slope"].node(2) == "z2"
    assert mistakes["recursion-sign"].node(2) == "z1"
    assert mistakes["sum-for-mean"].node(2) == "[1].weight"
    assert mistakes["penalty-doubled"].node(1) == "[0].weight"
    assert mistakes["bias-mean-for-sum"].node(1) == "[0].bias"


def test_a_planted_derivation_is_named_after_its_mistake() -> None:
    assert mistakes["sum-for-mean"].plant(MLP((4, 3)), 1).__name__ == "sum_for_mean_in_layer_1"


def test_runs_under_jit() -> None:
    mlp, batch, weighted = NETWORKS["tanh"]
    params, x, y, _ = problem(mlp, batch, weighted)
    mistaken = mistakes["one-row-zeroed"].plant(mlp, 1)
    eager, compiled = mistaken(params, x, y), jax.jit(mistaken)(params, x, y)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15), eager, compiled
    )


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="odd: unknown kind 'odd' or equation 'slope'"):
        Mistake("odd", "odd", "Odd.", "slope", lambda at: at.z)

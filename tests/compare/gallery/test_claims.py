"""The claims by their numbers: each could come out otherwise, and does where it should."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.gallery import Budget, regions, systems, transform
from compare.gallery.descent import descend, key, starts
from compare.gallery.lifts import lift
from compare.gallery.linear_net import collapse
from compare.gallery.locality import chain
from compare.gallery.perceptron import AND, OR, XOR
from compare.gallery.unstable import DEPTHS, SCALES
from functional_nn import MLP, Dense
from tests.compare.gallery.found import found


def test_a_linear_model_cannot_do_circles_and_can_after_squaring() -> None:
    right = found("transform").right
    assert right["circles", ("x1", "x2")] < 0.75 < 0.95 < max(right.values())
    swapped = replace(found("transform"), right=dict.fromkeys(right, 0.6))
    assert not swapped.holds
    assert [name for name, _ in transform.CASES] == ["circles", "xor"]


def test_regressions_end_at_scikit_learns() -> None:
    for name, far in found("regressions").distance.items():
        assert far[-1] < 1e-8 < 1e-2 < far[0], name


def test_the_two_notations_are_one_algorithm() -> None:
    assert set(found("notations").apart) == {"L0", "L2"}
    for apart in found("notations").apart.values():
        assert 0 < apart.max() < 1e-12  # not the same code, the same result


def test_modules_in_modules() -> None:
    assert found("dag").apart < 1e-14
    assert found("dag").figures["modules nested"] == "3 deep"


def test_the_perceptron_fails_on_xor_alone() -> None:
    finding = found("perceptron")
    assert finding.mistakes[AND][-1] == finding.mistakes[OR][-1] == 0
    assert finding.mistakes[XOR].min() > 0
    assert len(finding.mistakes) - len(finding.failed) == 14


def test_cases_by_modules_as_printed_and_by_autodiff() -> None:
    finding = found("cases")
    assert set(finding.by_modules["case 2"]) == {"y", "b", "beta", "z", "a", "alpha", "x"}
    mirrored = {
        case: {k: np.asarray(-v) for k, v in d.items()} for case, d in finding.as_printed.items()
    }
    assert not replace(finding, as_printed=mirrored).holds


def test_objectives_are_probabilities() -> None:
    finding = found("estimates")
    assert max(finding.spread.values()) < 1e-12
    tilted = replace(finding, ours=finding.ours * [1.0, 3.0, 1.0])
    assert not tilted.holds  # another separator has a smaller margin


def test_the_quadratic_cost_is_flat_where_it_is_wrong() -> None:
    finding = found("surfaces")
    assert finding.plateau["quadratic"] > finding.plateau["cross-entropy"]
    assert finding.sure_and_wrong["quadratic"] < 0.02 < finding.sure_and_wrong["cross-entropy"]


def test_regions_by_depth() -> None:
    finding, (none, four, two) = found("regions"), regions.HIDDEN
    assert finding.bend < 1e-5  # affine: the boundary is a line
    assert finding.inside["disc", four] > 0.995
    assert finding.inside["two discs", two] < 0.95
    assert finding.right["two discs", none] < finding.right["two discs", two]


def test_deep_sigmoids_do_not_learn() -> None:
    finding = found("deep-activations")
    assert finding.test["sigmoid", 6] < 0.5 < 0.85 < finding.test["tanh", 6]
    assert finding.ratio["sigmoid", 6] < 1e-2 * finding.ratio["tanh", 6]


def test_forward_grows_with_inputs_and_reverse_with_outputs() -> None:
    finding = found("modes")
    assert (finding.sizes[0], finding.sizes[-1]) == (1, 1000)
    assert finding.inputs["forward"][-1] > 100 * finding.inputs["reverse"][-1]
    assert finding.outputs["reverse"][-1] > 100 * finding.outputs["forward"][-1]


def test_every_optimizer_has_a_best_rate_in_between() -> None:
    finding = found("learning-rates")
    assert set(finding.losses) == {"sgd", "momentum", "rmsprop", "adam"}
    for name in finding.losses:
        assert 0 < finding.best(name) < len(finding.end(name)) - 1
        assert finding.turning[name][0] < 0.02 < 0.1 < finding.turning[name][-1]


def test_noise_gets_out_of_a_local_minimum() -> None:
    finding = found("noise")
    assert finding.found["all rows"] == 0
    assert min(share for way, share in finding.found.items() if way != "all rows") >= 0.5
    assert finding.floors[1] < finding.floors[0]


@pytest.mark.parametrize("curve", ["sigmoid", "tanh", "relu"])
def test_gradients_vanish_with_small_weights(curve: str) -> None:
    finding = found("unstable")
    deep, shallow = (finding.ratio(curve, SCALES[0], depth) for depth in reversed(DEPTHS))
    assert deep < shallow**3 < 1e-3


def test_gradients_explode_and_keep_by_the_scale() -> None:
    assert found("unstable").ratio("relu", SCALES[-1]) > 1e6
    assert 0.01 < found("unstable").ratio("relu", 2**0.5) < 100
    assert found("unstable").off < 1.3


def test_the_herd_stays_together_to_the_last_bit() -> None:
    finding = found("herd")
    assert finding.spread("equal").max() == 0
    assert finding.right["equal"][-1] < 0.8 < 0.95 < finding.right["small random"][-1]


def test_a_linear_net_collapses_and_a_curved_one_does_not() -> None:
    finding = found("linear-net")
    assert finding.collapsed.max() <= 1e-12
    assert min(finding.fitted["tanh"][-1], finding.fitted["relu"][-1]) > 0.1
    params = (Dense(2 * jnp.eye(2), jnp.ones(2)), Dense(3 * jnp.eye(2), jnp.ones(2)))
    layer = collapse(params)
    assert layer.weight.tolist() == [[6, 0], [0, 6]]
    assert layer.bias.tolist() == [4, 4]


def test_blocks_and_paths() -> None:
    finding = found("locality")
    assert finding.reused.tolist() == [2 * blocks for blocks in finding.blocks]
    assert finding.repeated.tolist() == [3 * (2**blocks - 1) for blocks in finding.blocks]
    assert len(chain(4).nodes) == 9


def test_narrow_nets_have_several_minima() -> None:
    finding = found("minima")
    assert finding.distinct("narrow") >= 4
    assert finding.spread("wide") < finding.spread("narrow") / 10
    assert all(line.max() > 2 * line[0] for line in finding.between.values())


def test_what_forward_kept_is_needed() -> None:
    assert found("multiply").numeric < 1e-8 < 0.1 < found("multiply").stale


def test_the_threshold_and_its_tie() -> None:
    finding = found("threshold")
    assert finding.same
    assert finding.at_a_half == 1
    assert abs(finding.auc - finding.theirs) < 1e-12


def test_the_exercise_takes_a_folder(tmp_path) -> None:
    from functional_nn.datasets import digits, write_idx

    data = digits()
    images = (data.x * 255).astype(np.uint8).reshape(-1, 8, 8)
    for part, rows in (("train", slice(0, 1500)), ("t10k", slice(1500, None))):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", images[rows])
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", data.y[rows].astype(np.uint8))
    finding = systems["zeros-and-ones"].compute(Budget(0.2, str(tmp_path)), 0)
    assert finding.holds
    assert len(finding.test) == int(np.sum(data.y[1500:] < 2))


# --- what they are made of -------------------------------------------------------------------


def test_a_descent_leaves_its_path_behind() -> None:
    import optax

    mlp = MLP((2, 3, 1), "tanh", loss="squared_error")
    x, y = jnp.ones((4, 2)), jnp.zeros((4, 1))
    begin = mlp.init(key(0, 1))
    gone = descend(mlp, optax.sgd(0.01), begin, x, y, 6, every=2)
    assert gone.losses.shape == (6,)
    assert gone.path[0].weight.shape == (4, 2, 3)
    assert jnp.array_equal(gone.path[0].weight[0], begin[0].weight)
    assert jnp.array_equal(gone.path[0].weight[-1], gone.params[0].weight)
    assert gone.losses[-1] < gone.losses[0]


def test_starts_differ() -> None:
    weights = starts(MLP((2, 3, 1)), 0, 4)[0].weight
    assert weights.shape == (4, 2, 3)
    assert len({tuple(jax.device_get(w).ravel().tolist()) for w in weights}) == 4


def test_features_by_name() -> None:
    points = np.array([[0.5, -2.0]])
    assert lift(points, ("x1", "x2^2", "x1*x2")).tolist() == [[0.5, 4.0, -1.0]]
    with pytest.raises(ValueError, match="did you mean 'x1\\^2'"):
        lift(points, ("x1^3",))

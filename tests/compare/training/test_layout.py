"""Runs on several devices: the trajectory of one, and meshes that do not fit."""

import re

import jax
import numpy as np
import optax
import pytest
from jax.sharding import AxisType

from compare.training import TrainResult, train
from compare.training.layout import mesh_of, of_params
from functional_nn import MLP
from functional_nn.datasets import Splits

NETWORK = MLP((5, 8, 4, 3), activations="tanh", l2=1e-3)
MESHES = ["data=4", "model=4", "data=2,model=2"]


def trained(blobs: Splits, mesh: str | None, **options: object) -> TrainResult:
    asked = {"epochs": 2, "batch_size": 16, "dtype": "float64", "mesh": mesh, "patience": 5}
    return train(NETWORK, optax.adam(0.02), blobs, **{**asked, **options})


@pytest.fixture(scope="module")
def alone(blobs: Splits) -> TrainResult:
    return trained(blobs, None)


@pytest.mark.parametrize("gradient", ["manual", "autodiff"])
@pytest.mark.parametrize("mesh", MESHES)
def test_the_trajectory_of_one_device(
    mesh: str, gradient: str, blobs: Splits, alone: TrainResult
) -> None:
    result = trained(blobs, mesh, gradient=gradient)
    assert len(result.history) == 2
    np.testing.assert_allclose(result.history.loss, alone.history.loss, rtol=1e-12)
    for found, wanted in zip(*map(jax.tree.leaves, (result.params, alone.params)), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)
        assert len(found.devices()) == 1  # fetched back


def test_weights_are_cut_by_columns_and_rows_in_turn() -> None:
    mesh = mesh_of("data=1,model=2")
    cuts = [cut.weight for cut in of_params(MLP((5, 8, 6, 4, 3)), mesh)]
    assert list(map(tuple, cuts)) == [
        (None, "model"),
        ("model", None),
        (None, "model"),
        ("model", None),
    ]
    assert tuple(of_params(MLP((5, 3)), mesh)[0].weight) == (None, None)  # nothing is even


REFUSED = {
    "rows=4": "mesh is 'rows=4'; wanted sizes of the axes data and model, as 'data=4,model=2'.",
    "data=0": "mesh is 'data=0'; wanted sizes of the axes data and model, as 'data=4,model=2'.",
    "data=4,data=1": "wanted sizes of the axes data and model",
    "data": "wanted sizes of the axes data and model",
    "": "wanted sizes of the axes data and model",
    "data=64": "mesh 'data=64' takes 64 devices and there are 4; on a CPU several can be simulated",
    "data=3": "batch_size is 16 and the mesh has 3 parts of a batch; wanted a multiple.",
}


@pytest.mark.parametrize("mesh", REFUSED)
def test_what_does_not_fit_is_refused(mesh: str, blobs: Splits) -> None:
    with pytest.raises(ValueError, match=re.escape(REFUSED[mesh])):
        trained(blobs, mesh)


def test_a_mesh_of_ones_own(blobs: Splits, alone: TrainResult) -> None:
    mesh = jax.make_mesh((2, 2), ("data", "model"), (AxisType.Auto,) * 2)
    assert trained(blobs, mesh).test_loss == pytest.approx(alone.test_loss, rel=1e-12)
    other = jax.make_mesh((4,), ("batch",), (AxisType.Auto,))
    with pytest.raises(ValueError, match="wanted data and model, both Auto"):
        trained(blobs, other)

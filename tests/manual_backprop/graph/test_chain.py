"""Ten thousand nodes in a row: nothing recurses."""

import jax
import numpy as np
import pytest

from functional_nn.graph import Graph, build, from_json, gate, symbol, to_json
from manual_backprop.graph import backpropagate, push, value_and_partials

NODES = 10_000


def chain(length: int) -> Graph:
    sine, value = gate("sin"), symbol("x")
    for _ in range(length):
        value = sine(value)
    return build(value.named("J"), "chain")


@pytest.fixture(scope="module")
def long() -> Graph:
    return chain(NODES)


def by_loop(x: float, length: int) -> tuple[float, float]:
    value, slope = x, 1.0
    for _ in range(length):
        value, slope = np.sin(value), slope * np.cos(value)
    return value, slope


@pytest.mark.usefixtures("x64")
def test_both_sweeps(long: Graph) -> None:
    value, slope = by_loop(0.5, NODES)
    sweep = backpropagate(long, {"x": 0.5})
    np.testing.assert_allclose(sweep.value("J"), value, rtol=1e-12)
    np.testing.assert_allclose(sweep.partial("x"), slope, rtol=1e-12)
    np.testing.assert_allclose(push(long, {"x": 0.5}, {"x": 1.0}).tangent("J"), slope, rtol=1e-12)


def test_data_and_text(long: Graph) -> None:
    assert from_json(to_json(long)) == long
    assert len(str(long).splitlines()) == 62
    assert hash(long) == hash(chain(NODES))


def test_compiled() -> None:
    """A tenth of it: compiling takes XLA as long as it takes for autodiff, about 2 s a thousand."""
    (value, partials) = jax.jit(value_and_partials(chain(NODES // 10)))({"x": 0.5})
    np.testing.assert_allclose((value, partials["x"]), by_loop(0.5, NODES // 10), rtol=1e-4)

"""A number that stands for infinity bounds what the check may conclude from."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient
from compare.probing import overtaken
from compare.program import trace

MASK = np.tril(np.ones((4, 4), bool))


def hidden_by_choice(scores, values):
    return jnp.sum(jax.nn.softmax(jnp.where(MASK, scores, -1e9), axis=-1) @ values)


def hidden_by_sum(scores, values):
    return jnp.sum(jax.nn.softmax(scores + (1.0 - MASK) * -1e9, axis=-1) @ values)


def gradient(scores, values):
    """Right wherever the mask hides: what is hidden weighs nothing, so nothing flows to it."""
    weights = jax.nn.softmax(jnp.where(MASK, scores, -1e9), axis=-1)
    delta = jnp.broadcast_to(values.sum(axis=1), weights.shape)
    inner = jnp.sum(weights * delta, axis=-1, keepdims=True)
    return weights * (delta - inner), jnp.broadcast_to(weights.sum(axis=0)[:, None], values.shape)


def inputs(scale):
    rng = np.random.default_rng(0)
    draws = -rng.uniform(0.5, 2.0, (4, 4)) * scale, rng.standard_normal((4, 3))
    return [jnp.asarray(draw, jnp.float32) for draw in draws]


@pytest.mark.parametrize("loss", [hidden_by_choice, hidden_by_sum])
def test_scores_as_large_as_the_stand_in_overtake_it(loss):
    for scale, expected in ((1.0, False), (1e6, False), (1e10, True)):
        given = inputs(scale)
        program, _ = trace(loss, *given)
        assert overtaken(program, [np.asarray(value) for value in given]) is expected


def test_an_ordinary_number_stands_for_nothing():
    program, _ = trace(lambda x: jnp.sum(jnp.where(x > 0, x, 3.0)), jnp.ones(3))
    assert not overtaken(program, [np.full(3, 1e12)])


def test_a_masked_softmax_is_right_though_huge_scores_would_show_through():
    def loss(scores, values):
        return hidden_by_choice(scores**5, values)  # of scores a thousand times as large: 1e15

    def by_hand(scores, values):
        to_scores, to_values = gradient(scores**5, values)
        return to_scores * 5 * scores**4, to_values

    assert check_gradient(loss, by_hand, *inputs(1.0), argnums=(0, 1)).agrees

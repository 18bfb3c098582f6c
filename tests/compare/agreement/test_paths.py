"""One of the ways from an argument to the loss left out, where no edit could bring it in."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.agreement.argnums import meant
from compare.agreement.arguments import split
from compare.agreement.masks import other_masks
from compare.agreement.paths import with_path
from compare.agreement.question import Question
from compare.agreement.residual import Pattern
from compare.agreement.witnesses import summon


def loss(w, x):
    s = jnp.sin(x * w)
    return jnp.sum(s * w**2)


def gradient(w, x):
    return jnp.cos(x * w) * x * w**2 + 2 * w * jnp.sin(x * w)


@pytest.mark.parametrize(
    ("share", "kind", "told"),
    [(0.0, "missing-term", "is left out"), (-1.0, "wrong-sign", "has the wrong sign")],
)
def test_the_use_is_told(share, kind, told):
    with jax.enable_x64(True):
        w, x = jnp.array([0.3, -0.7, 1.1]), jnp.array([0.5, 1.5, -0.4])
        exact = summon(Question(loss, gradient, split(loss, (w, x), 0)), [w, x], exact=True)
        inputs = [np.asarray(w), np.asarray(x)]
        hand = np.asarray(jnp.cos(x * w) * x * w**2 + share * 2 * w * jnp.sin(x * w))
        found = with_path(Pattern("unknown", "no"), exact, inputs, hand, 0)
    line = loss.__code__.co_firstlineno + 2
    told_whole = f"no; what reaches it through `w ** 2` (line {line}) {told}"
    assert (found.kind, found.evidence) == (kind, told_whole)


def test_masks_keep_another_number_and_one_hot_rows_stay():
    mask = np.array([1.0, 0.0, 1.0, 1.0])
    one_hot = np.eye(3)[:, [0, 1, 0, 2]]  # a class a column
    data = np.array([0.5, 0.0, 1.0])
    rng = np.random.default_rng(0)
    turned, same, also = other_masks([mask, one_hot, data], [], rng)
    assert turned.sum() == 2
    assert same is one_hot
    assert also is data
    assert other_masks([mask], [0], rng)[0] is mask


def test_a_tuple_of_gradients_is_recognised():
    arguments = jnp.ones((2, 3)), jnp.ones(3), jnp.ones(2)
    told = meant(lambda w, b, x: (w, b), arguments, 0)
    assert told == "\n  for the gradients of the first 2 arguments: argnums=(0, 1)"
    assert meant(lambda w, b, x: (b, w), arguments, 0) == ""
    assert meant(lambda w, b, x: w, arguments, 0) == ""

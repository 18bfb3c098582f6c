"""Mistakes whose edit takes a name, a function or a direction that the line does not have yet."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient, check_rule
from tests.compare.repair.derivation import changed, module

SOURCES = Path(__file__).with_name("sources")


def normal(*shapes):
    rng = np.random.default_rng(5)
    return [jnp.asarray(rng.standard_normal(shape), jnp.float32) for shape in shapes]


def whole(high, *shapes):
    rng = np.random.default_rng(7)
    return [jnp.asarray(rng.integers(0, high, shape), jnp.int32) for shape in shapes]


def elu_layers():
    sizes = (3, 5, 4, 5, 3)
    weights = normal(*zip(sizes[1:], sizes, strict=False))
    biases = normal(*((size,) for size in sizes[1:]))
    params = {f"w{k + 1}": w for k, w in enumerate(weights)}
    params |= {f"c{k + 1}": b for k, b in enumerate(biases)}
    return params, normal((3, 7))[0], jax.nn.one_hot(whole(3, (7,))[0], 3).T


def dropout_svm():
    w1, b1, w2, b2, x, noise = normal((6, 5), (5,), (5, 4), (4,), (7, 2, 3), (7, 5))
    params = {"W1": w1, "b1": b1, "W2": w2, "b2": b2}
    return params, x, whole(4, (7,))[0], (noise > 0).astype(jnp.float32)


#   the source, what is differentiated, its arguments
GIVEN = {
    "ode": ((0, 1), lambda: normal((3, 3), (3,), (3,))),
    "word_vectors": ((0, 1), lambda: (*normal((6, 3), (6, 3)), *whole(6, (8,), (8,), (8, 2)))),
    "elu_layers": (0, elu_layers),
    "dropout_svm": (0, dropout_svm),
}
#   the source, what it has, what stands there instead, the kind
CASES = [
    ("ode", "reverse=True", "reverse=False", "index-axis"),
    ("ode", "s = 1 - f(y, W) ** 2", "s = 1 - y**2", "wrong-saved-value"),
    ("word_vectors", ".at[neg].add(dun)", "", "missing-term"),
    ("word_vectors", ' + jnp.einsum("bk,bkd->bd", gn, un)', "", "missing-term"),
    ("word_vectors", "- 1) / n", "- 2) / n", "wrong-activation-derivative"),
    ("elu_layers", ' + lam * params[f"w{k}"]', "", "missing-term"),
    ("elu_layers", "* elu_prime(Z[k - 1])", "* elu(Z[k - 1])", "wrong-activation-derivative"),
    ("elu_layers", "elu_prime(Z[k - 1])", "elu_prime(A[k - 1])", "wrong-saved-value"),
    ("dropout_svm", "dout * mask / p", "dout * mask", "wrong-constant-factor"),
    ("dropout_svm", ".add(-num_pos)", ".add(-1)", "wrong-saved-value"),
    ("dropout_svm", ".add(-num_pos)", ".add(num_pos)", "wrong-sign"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "kind"), CASES)
def test_line_kind_and_a_verified_edit(tmp_path, name, right, wrong, kind):
    source, line = changed(right, wrong, (SOURCES / f"{name}.py").read_text())
    found, (argnums, arguments) = module(tmp_path, source, name), GIVEN[name]
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        report = check_gradient(found.loss, found.gradient, *arguments(), argnums=argnums)
    said = report.diagnosis
    assert (said.line, said.kind, said.verified) == (line, kind, True), str(report)


@pytest.mark.parametrize("name", GIVEN)
def test_the_sources_are_right(tmp_path, name):
    found = module(tmp_path, (SOURCES / f"{name}.py").read_text(), name)
    argnums, arguments = GIVEN[name]
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        assert check_gradient(found.loss, found.gradient, *arguments(), argnums=argnums).agrees


#   what the rule has, what stands there instead, the line's edit; "" when there is none to see
RULES = [
    ("delta * jnp.sign(r))", "delta)", "missing-factor"),
    ("a <= delta, 0.0", "a <= 1.0, 0.0", "wrong-branch"),
    ("return g * dr, g * dd", "return dr, dd", "wrong-constant-factor"),
    ("return g * dr, g * dd", "return g * dr, None", "zero-gradient"),
]


@pytest.mark.parametrize(("right", "wrong", "kind"), RULES)
def test_a_rule_with_a_learned_width(tmp_path, right, wrong, kind):
    source, line = changed(right, wrong, (SOURCES / "huber.py").read_text())
    rule = module(tmp_path, source, "huber").huber
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        report = check_rule(rule.fun, rule.fwd, rule.bwd, 2 * normal((9,))[0], jnp.array(1.0))
    said = report.diagnosis
    assert (said.line, said.kind) == (line, kind), str(report)
    assert said.verified or "returns None for delta" in said.evidence

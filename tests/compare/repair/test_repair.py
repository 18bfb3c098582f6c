"""One mistake of each sort in a derivation: the line, the kind and the edit, word for word."""

import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient
from tests.compare.repair.derivation import SOURCE, changed, check, diagnose, module

#   in the source              what stands there              kind                     edit
MISTAKES = [
    ("dz2.sum(axis=0)", "dz2.mean(axis=0)", "wrong-reduction",
     ".mean -> .sum in `dz2.mean(axis=0)`"),
    ("(p - t) / n", "(t - p) / n", "wrong-sign", "`t - p` -> `p - t`"),
    ("(p - t) / n", "(p - t) * n", "wrong-constant-factor",
     "`(p - t) * n` -> `(p - t) / n`"),
    ("(p - t) / n", "(p - t)", "wrong-constant-factor", "`p - t` -> `(p - t) / n`"),
    ("(p - t) / n", "(p - t) / p.size", "wrong-constant-factor", "`p.size` -> `n`"),
    ("(1 - h**2)", "(1 + h**2)", "wrong-sign", "`1 + h ** 2` -> `1 - h ** 2`"),
    ("(1 - h**2)", "(1 - z1**2)", "wrong-saved-value", "`z1 ** 2` -> `h ** 2`"),
    ("(1 - h**2)", "jnp.where(h > 0, 1.0, 0.0)", "wrong-activation-derivative",
     "`jnp.where(h > 0, 1.0, 0.0)` -> `1 - h ** 2`"),
    ("dh * (1 - h**2)", "dh", "missing-factor", "`dz1 = dh` -> `dz1 = dh * (1 - h ** 2)`"),
    ("x.T @ dz1", "x.T @ dh", "wrong-saved-value", "`x.T @ dh` -> `x.T @ dz1`"),
    ("dz2 @ w2.T", "-(dz2 @ w2.T)", "wrong-sign", "`-(dz2 @ w2.T)` -> `dz2 @ w2.T`"),
    ("x.T @ dz1", "x.T @ dz1 + 0.01 * w1", "missing-term",
     "`x.T @ dz1 + 0.01 * w1` -> `x.T @ dz1`"),
    ("dw1 = x.T @ dz1", "dw1 = jnp.zeros_like(w1)", "zero-gradient",
     "`jnp.zeros_like(w1)` -> `x.T @ dz1`"),
    ("return (dw1, db1)", "return (-dw1, db1)", "wrong-sign", "`-dw1` -> `dw1`"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind", "edit"), MISTAKES)
def test_line_kind_and_edit(tmp_path, old, new, kind, edit):
    source, line = changed(old, new)
    found = diagnose(tmp_path, source)
    assert (found.line, found.kind, found.edit) == (line, kind, edit)
    assert found.verified
    assert found.file == str(tmp_path / "derivation.py")


def test_right_derivation_has_no_diagnosis(tmp_path):
    assert check(tmp_path, SOURCE).diagnosis is None


def test_two_independent_mistakes_are_both_found(tmp_path):
    source, first = changed("dz2.sum(axis=0)", "dz2.mean(axis=0)")
    source, second = changed("x.T @ dz1", "-x.T @ dz1", source)
    found = diagnose(tmp_path, source)
    told = {(one.line, one.kind) for one in (found, *found.further)}
    assert told == {(first, "wrong-reduction"), (second, "wrong-sign")}


def test_mistake_in_a_helper_of_another_module(tmp_path):
    helper = "def dense_backward(u, delta):\n    return u.T @ delta, delta.mean(axis=0)\n"
    module(tmp_path, helper, "helper_rules")
    source = SOURCE.replace("import jax\n", "import jax\nfrom helper_rules import dense_backward\n")
    source = source.replace("    dw2 = h.T @ dz2\n", "    dw2, db2 = dense_backward(h, dz2)\n")
    found = diagnose(tmp_path, source.replace("    db2 = dz2.sum(axis=0)\n", ""))
    assert (found.file, found.line) == (str(tmp_path / "helper_rules.py"), 2)
    assert found.edit == ".mean -> .sum in `delta.mean(axis=0)`"


LOOP = """
import jax
import jax.numpy as jnp


def gradient(ws, x):
    acts = [x]
    for w in ws:
        acts.append(jnp.tanh(acts[-1] @ w))
    delta = acts[-1]
    grads = []
    for i in reversed(range(len(ws))):
        delta = delta * (1 - acts[i + 1] ** 2)
        grads.append(acts[i].T @ delta)
        delta = delta @ ws[i].T
    return grads[::-1]
"""
SCAN = """
import jax
import jax.numpy as jnp


def gradient(ws, x):
    def forward(h, w):
        u = jnp.tanh(h @ w)
        return u, (h, u)

    def backward(delta, saved):
        h, u, w = saved
        delta = delta * (1 - u**2)
        return delta @ w.T, h.T @ delta

    last, (before, after) = jax.lax.scan(forward, x, jnp.stack(ws))
    _, grads = jax.lax.scan(backward, last, (before, after, jnp.stack(ws)), reverse=True)
    return list(grads)
"""


def _stacked_loss(ws, x):
    for w in ws:
        x = jnp.tanh(x @ w)
    return 0.5 * jnp.sum(x**2)


def _layers(count):
    keys = jax.random.split(jax.random.key(1), count + 1)
    ws = [0.6 * jax.random.normal(key, (4, 4)) for key in keys[1:]]
    return ws, jax.random.normal(keys[0], (5, 4))


@pytest.mark.parametrize(
    ("source", "old", "new", "edit"),
    [
        (LOOP, "acts[i + 1] ** 2", "acts[i] ** 2", "`acts[i]` -> `acts[i + 1]`"),
        (LOOP, "delta @ ws[i].T", "delta @ ws[i]", "`delta @ ws[i]` -> `delta @ ws[i].T`"),
        (SCAN, "u**2", "h**2", "`h ** 2` -> `u ** 2`"),
        (SCAN, "h.T @ delta", "u.T @ delta", "`u.T` -> `h.T`"),
    ],
    ids=["index", "transpose", "saved-value", "stale"],
)
def test_expression_that_runs_once_a_layer(tmp_path, source, old, new, edit):
    source, line = changed(old, new, source)
    report = check_gradient(_stacked_loss, module(tmp_path, source).gradient, *_layers(3))
    assert report.diagnosis.line == line
    assert report.diagnosis.edit == edit


def test_ten_layers_take_seconds(tmp_path):
    source, line = changed("delta @ ws[i].T", "-delta @ ws[i].T", LOOP)
    gradient = module(tmp_path, source).gradient
    start = time.process_time()
    report = check_gradient(_stacked_loss, gradient, *_layers(10))
    assert time.process_time() - start < 30  # 10 without shape checks at every call
    assert report.diagnosis.line == line


def test_mistake_under_vmap(tmp_path):
    source = """
import jax
import jax.numpy as jnp


def gradient(w, x, y):
    def one(row, target):
        error = row @ w - target
        return error * row

    return jax.vmap(one)(x, y).sum(axis=0)
"""
    source, line = changed("row @ w - target", "row @ w + target", source)
    rng = np.random.default_rng(0)
    args = [jnp.asarray(rng.normal(size=s), jnp.float32) for s in ((3,), (6, 3), (6,))]
    report = check_gradient(
        lambda w, x, y: 0.5 * jnp.sum((x @ w - y) ** 2), module(tmp_path, source).gradient, *args
    )
    assert report.diagnosis.line == line
    assert report.diagnosis.edit == "`row @ w + target` -> `row @ w - target`"


def test_of_two_statements_on_a_line_each_is_read(tmp_path):
    joined = "    dh = dz2 @ w2.T; dz1 = dh * (1 - h**2); dw1 = x.T @ dz1\n"
    apart = joined.replace("; ", "\n    ")
    assert apart in SOURCE
    source, line = changed("(1 - h**2)", "(1 - h)", SOURCE.replace(apart, joined))
    said = diagnose(tmp_path, source)
    assert (said.line, said.kind, said.verified) == (line, "wrong-activation-derivative", True)
    assert said.edit == "`1 - h` -> `1 - h * h`"

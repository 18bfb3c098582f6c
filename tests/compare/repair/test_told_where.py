"""Mistakes that can be mended in several lines, or in several words: they are told as they are.

Each is made in a right derivation of the mutation study; the edit, the line and the kind are those
that undo it.
"""

import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from benchmarks.proofreading import mutants
from compare import check_gradient

#   derivation, what stood there, what stands there now, the kind, the edit
CASES = [
    (
        "convolution",
        "jnp.mean(jnp.maximum(z, 0.0), axis=1)",
        "jnp.sum(jnp.maximum(z, 0.0), axis=1)",
        "wrong-reduction",
        ".sum -> .mean in `jnp.sum(jnp.maximum(z, 0.0), axis=1)`",
    ),
    (
        "convolution",
        "dpooled[:, None, :] / length",
        "dpooled[:, None, :]",
        "wrong-constant-factor",
        "`(z > 0) * dpooled[:, None, :]` -> `(z > 0) * dpooled[:, None, :] / length`",
    ),
    (
        "batch_norm",
        "jnp.sum(dxhat * centred, axis=0)",
        "jnp.mean(dxhat * centred, axis=0)",
        "wrong-reduction",
        ".mean -> .sum in `jnp.mean(dxhat * centred, axis=0)`",
    ),
    (
        "batch_norm",
        "dvar * 2 * centred / n",
        "dvar * 2 * centred",
        "wrong-constant-factor",
        "`dvar * 2 * centred` -> `dvar * 2 * centred / n`",
    ),
    (
        "batch_last",
        "dZ1 @ X.T / m",
        "dZ1 @ X.T / W1",
        "wrong-saved-value",
        "`dZ1 @ X.T / W1` -> `dZ1 @ X.T / m`",
    ),
    (
        "dataclass_params",
        "1 / (1 + jnp.exp(-z))",
        "1",
        "missing-factor",
        "`s = 1` -> `s = 1 * jax.nn.sigmoid(z)`",
    ),
    (
        "layer_norm",
        "1 / jnp.sqrt(var + 1e-3)",
        "1",
        "missing-factor",
        "`inv = 1` -> `inv = 1 / jnp.sqrt(var + 0.001)`",
    ),
    (
        "one_liner",
        "0.2 * w",
        "0.2",
        "missing-factor",
        (
            "`2 * x.T @ (x @ w - y) / y.shape[0] + 0.2` -> "
            "`2 * x.T @ (x @ w - y) / y.shape[0] + 0.2 * w`"
        ),
    ),
    (
        "named_values",
        "jnp.sin(z2)",
        "jnp.cos(z2)",
        "wrong-activation-derivative",
        "`jnp.cos(z2)` -> `jnp.sin(z2)`",
    ),
    (
        "vmap_inside",
        "2 * (h @ v - y_row)",
        "2 * (h @ v - y_row) * 0.5",
        "wrong-constant-factor",
        "`2 * (h @ v - y_row) * 0.5` -> `2 * (h @ v - y_row)`",
    ),
    ("vmap_inside", "dv = error * h", "dv = h", "missing-factor", "`dv = h` -> `dv = h * error`"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "kind", "edit"),
    CASES,
    ids=[f"{case[0]}: {case[1]}" for case in CASES],
)
def test_it_is_told_as_it_was_made(
    name: str, old: str, new: str, kind: str, edit: str, tmp_path: Path
) -> None:
    source = Path(mutants.right(name).__file__ or "").read_text()
    before, found, after = source.rpartition(old)
    assert found, "the study's derivation has changed"
    module = mutants.load(before + new + after, name, tmp_path)
    with (
        warnings.catch_warnings(),
        jax.numpy_dtype_promotion("standard"),
        jax.numpy_rank_promotion("allow"),
    ):
        warnings.simplefilter("ignore")
        args = mutants.arguments(module, 5, "float32")
        report = check_gradient(
            module.loss, module.gradient, *args, argnums=mutants.argnums(module)
        )
    told = report.diagnosis
    assert told is not None
    assert (told.kind, told.edit, told.verified) == (kind, edit, True)
    assert told.line == before.count("\n") + 1


def loss(w, x):
    return jnp.sum(jnp.tanh(x @ w))


def by_parts(w, x):
    u = jnp.tanh(x @ w)
    delta = jnp.concatenate([1 - u[:2] ** 2, 1 + u[2:] ** 2] * 1)
    return x.T @ delta


def test_a_list_of_arrays_is_no_factor() -> None:
    """What is multiplied may be a list: the search goes on."""
    x, w = jnp.arange(15.0).reshape(5, 3) / 10, jnp.array([0.3, -0.2, 0.5])
    told = check_gradient(loss, by_parts, w, x).diagnosis
    assert told is not None
    assert (told.kind, told.edit) == ("wrong-sign", "`1 + u[2:] ** 2` -> `1 - u[2:] ** 2`")


def scaled_then_wrong(w, x):
    scale = 0.5
    u = jnp.tanh(x @ w)
    dz = scale * jnp.exp(jnp.sin(u) * jnp.cos(3 * u + x[:, 0]))
    return x.T @ dz


def test_a_number_beside_a_mistake_is_not_blamed() -> None:
    x, w = jnp.arange(15.0).reshape(5, 3) / 10, jnp.array([0.3, -0.2, 0.5])
    told = check_gradient(loss, scaled_then_wrong, w, x).diagnosis
    assert told is not None
    assert told.code.startswith("dz = "), told

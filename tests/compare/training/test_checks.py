"""Each argument's error, word for word."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax import lax

from compare.training import checks

REFUSED = [
    (
        checks.whole,
        ("epochs", 2.5, 1),
        TypeError,
        "epochs is 2.5; wanted a whole number of at least 1.",
    ),
    (
        checks.whole,
        ("epochs", "9", 1),
        TypeError,
        "epochs is '9'; wanted a whole number of at least 1.",
    ),
    (
        checks.whole,
        ("epochs", True, 1),
        TypeError,
        "epochs is True; wanted a whole number of at least 1.",
    ),
    (
        checks.whole,
        ("epochs", 0, 1),
        ValueError,
        "epochs is 0; wanted a whole number of at least 1.",
    ),
    (checks.whole, ("seed", -1, 0), ValueError, "seed is -1; wanted a whole number of at least 0."),
    (
        checks.not_negative,
        ("min_delta", float("nan")),
        ValueError,
        "min_delta is nan; wanted a finite number of at least 0.",
    ),
    (
        checks.not_negative,
        ("min_delta", "little"),
        ValueError,
        "min_delta is 'little'; wanted a finite number of at least 0.",
    ),
    (
        checks.positive,
        ("learning_rate", 0),
        ValueError,
        "learning_rate is 0; wanted a finite number above 0.",
    ),
    (
        checks.floating,
        ("float46",),
        ValueError,
        (
            "unknown dtype 'float46'; did you mean 'float64'? "
            "known: bfloat16, float16, float32, float64"
        ),
    ),
    (
        checks.floating,
        (np.int32,),
        ValueError,
        "unknown dtype 'int32'; did you mean 'float32'? known: bfloat16, float16, float32, float64",
    ),
    (
        checks.network,
        ((5, 3),),
        TypeError,
        "mlp is a tuple; wanted an MLP, such as MLP((64, 32, 10)).",
    ),
    (
        checks.transformation,
        ("adam",),
        TypeError,
        "optimizer is 'adam'; wanted an optax transformation, such as optax.adam(1e-3).",
    ),
    (
        checks.transformation,
        (optax.adam,),
        TypeError,
        "optimizer is a function; wanted an optax transformation, such as optax.adam(1e-3).",
    ),
    (
        checks.hashable,
        (3,),
        TypeError,
        (
            "gradient is 3; wanted 'manual' or 'autodiff', "
            "or a function (params, x, y) -> (loss, grads)."
        ),
    ),
]


@pytest.mark.parametrize(("check", "given", "error", "message"), REFUSED)
def test_refused(
    check: Callable, given: tuple, error: type[Exception], message: str, refuses: Callable
) -> None:
    with refuses(error, message):
        check(*given)


def test_an_unknown_precision_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"^unknown precision 'hihg'; did you mean 'high'\? known: "
    ):
        checks.precision_name("hihg")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (None, None),
        ("highest", "highest"),
        (lax.Precision.HIGH, "high"),
        (lax.DotAlgorithmPreset.TF32_TF32_F32, "TF32_TF32_F32"),
    ],
)
def test_precisions(given: checks.PrecisionLike, name: str | None) -> None:
    assert checks.precision_name(given) == name


@pytest.mark.parametrize("given", ["bfloat16", jnp.bfloat16, jnp.dtype("bfloat16")])
def test_dtypes(given: object) -> None:
    assert checks.floating(given) == jnp.bfloat16


def test_gathered_steps_are_a_transformation_too() -> None:
    several = optax.MultiSteps(optax.sgd(0.1), 4)
    assert isinstance(checks.transformation(several), optax.GradientTransformation)


def test_a_callable_that_cannot_be_looked_up_is_wrapped() -> None:
    class Derivation:
        __hash__ = None

        def __call__(self, params, x, y):
            return "called"

    assert checks.hashable(Derivation())(0, 0, 0) == "called"

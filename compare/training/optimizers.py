"""Optimizers and learning-rate schedules by name, for the command line; all are optax's.

In a script any optax transformation will do; these are the ones that a name is enough for.

    schedule       learning rate at step k of n, r at its highest
    constant       r
    linear         r (1 - k/n)
    cosine         r (1 + cos(π k/n)) / 2
    exponential    r 0.01^(k/n)
    warmup_cosine  rises to r over the first tenth, then as cosine
    onecycle       rises from r/25 over the first 0.3, then falls to r/250000, as a cosine
"""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import jax.numpy as jnp
import optax
from jax.typing import DTypeLike

from compare.training import checks
from functional_nn.names import lookup


class Known(NamedTuple):
    """An optimizer that a name is enough for.

    Attributes:
        make: Takes a learning rate or a schedule.
        rate: A learning rate that suits it on small networks.
    """

    make: Callable[..., optax.GradientTransformation]
    rate: float


optimizers: Mapping[str, Known] = MappingProxyType(
    {
        "sgd": Known(optax.sgd, 0.3),
        "momentum": Known(partial(optax.sgd, momentum=0.9), 0.1),
        "nesterov": Known(partial(optax.sgd, momentum=0.9, nesterov=True), 0.1),
        "sign_sgd": Known(optax.sign_sgd, 1e-3),
        "adagrad": Known(optax.adagrad, 0.1),
        "adadelta": Known(optax.adadelta, 3.0),
        "rmsprop": Known(optax.rmsprop, 3e-3),
        "adam": Known(optax.adam, 3e-3),
        "adamw": Known(optax.adamw, 3e-3),
        "adamax": Known(optax.adamax, 1e-2),
        "nadam": Known(optax.nadam, 3e-3),
        "nadamw": Known(optax.nadamw, 3e-3),
        "radam": Known(optax.radam, 1e-2),
        "amsgrad": Known(optax.amsgrad, 3e-3),
        "adabelief": Known(optax.adabelief, 3e-3),
        "adan": Known(optax.adan, 5e-3),
        "yogi": Known(optax.yogi, 1e-2),
        "novograd": Known(optax.novograd, 1e-2),
        "adafactor": Known(optax.adafactor, 1e-2),
        "lion": Known(optax.lion, 1e-3),
        "lamb": Known(optax.lamb, 1e-2),
        "lars": Known(optax.lars, 3.0),
        "fromage": Known(optax.fromage, 1e-2),
        "muon": Known(optax.contrib.muon, 1e-2),
        "adopt": Known(optax.contrib.adopt, 3e-3),
    }
)

schedules: Mapping[str, Callable[[float, int], optax.Schedule]] = MappingProxyType(
    {
        "constant": lambda rate, steps: optax.constant_schedule(rate),
        "linear": lambda rate, steps: optax.linear_schedule(rate, 0.0, steps),
        "cosine": optax.cosine_decay_schedule,
        "exponential": lambda rate, steps: optax.exponential_decay(rate, steps, 0.01),
        "warmup_cosine": lambda rate, steps: optax.warmup_cosine_decay_schedule(
            0.0, rate, max(1, steps // 10), max(2, steps)
        ),
        "onecycle": lambda rate, steps: optax.cosine_onecycle_schedule(steps, rate),
    }
)


def optimizer_by_name(
    name: str = "adam",
    learning_rate: float | int | None = None,
    schedule: str = "constant",
    *,
    steps: int | None = None,
    dtype: DTypeLike = "float32",
) -> optax.GradientTransformation:
    """Return an optimizer with its learning rate.

    Args:
        name: One of ``optimizers``.
        learning_rate: At its highest; None takes one that suits the optimizer.
        schedule: One of ``schedules``.
        steps: Of the whole run; all schedules but "constant" need it.
        dtype: Of the parameters: an ``eps`` that would be 0 in it is made the least that is not.

    Raises:
        ValueError: If a name is unknown (the nearest known one is offered), the learning rate is
            not a positive number, or a schedule lacks the number of steps.
    """
    known = lookup("optimizer", name, optimizers)
    scheduled = lookup("schedule", schedule, schedules)
    rate = checks.positive("learning_rate", known.rate if learning_rate is None else learning_rate)
    make = _with_room(known.make, dtype)
    if schedule == "constant":
        return make(rate)
    if steps is None:
        raise ValueError(
            f"schedule {schedule!r} needs the number of steps; give steps=, which is "
            "epochs * (rows // batch_size)."
        )
    return make(scheduled(rate, checks.whole("steps", steps, 1)))


def _with_room(
    make: Callable[..., optax.GradientTransformation], dtype: DTypeLike
) -> Callable[..., optax.GradientTransformation]:
    """Return an optimizer whose ``eps`` the dtype can tell from 0: in float16, 1e-8 is 0."""
    least = float(jnp.finfo(dtype).tiny)
    usual = inspect.signature(make).parameters.get("eps")
    if usual is None or not isinstance(usual.default, float) or usual.default >= least:
        return make
    return partial(make, eps=least)

"""Two runs side by side: the same batches, one by a hand derivation, one by autodiff.

Both start from the same parameters. As long as the derivation is right they differ by rounding
only, and rounding grows slowly; a mistake parts them at once.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import optax
from jax.typing import DTypeLike
from jaxtyping import Float, Int32

from compare.training import checks
from compare.training.checks import PrecisionLike
from compare.training.contexts import width
from compare.training.data import DataLike, rows_of
from compare.training.gradients import ValueAndGrad, leaf_names
from compare.training.setup import Setup, set_up, start
from compare.training.walk import picks_of, walk
from functional_nn import MLP, Params

#: Roundings that right runs may part by in each step taken; up to 3 were seen, 16 in bfloat16.
ROUNDINGS = 64


class Parting(NamedTuple):
    """Where two runs differ most.

    Attributes:
        leaf: Of the parameters: "[0].weight".
        step: Counted from 1.
        size: Largest difference of an element over the leaf's largest element.
    """

    leaf: str
    step: int
    size: float


@dataclass(frozen=True, eq=False)
class LockstepResult:
    """How two runs went along.

    Attributes:
        steps: 1, 2, ...
        loss_manual: Of each batch, before the step, by the hand derivation.
        loss_autodiff: The same by autodiff.
        difference: After each step, of each leaf: the largest difference of an element over the
            leaf's largest element.
        leaf_names: Of the parameters: "[0].weight", "[0].bias", ...
        worst: The largest difference of all.
        first_apart: The first step after which a leaf differs by more than rounding: by more than
            64 roundings of the dtype for each step taken. None when none ever does.
        dtype: Of data and parameters.
        gradient: Name of the hand derivation.
    """

    steps: Int32[np.ndarray, " steps"]
    loss_manual: Float[np.ndarray, " steps"]
    loss_autodiff: Float[np.ndarray, " steps"]
    difference: Float[np.ndarray, "steps leaves"]
    leaf_names: tuple[str, ...]
    worst: Parting
    first_apart: int | None
    dtype: str
    gradient: str

    @property
    def together(self) -> bool:
        """Whether the runs never differed by more than rounding."""
        return self.first_apart is None

    def __str__(self) -> str:
        """Say whether, where and by how much they part."""
        leaf, step, size = self.worst
        where = f"most in {leaf} after step {step}: {size:.2e} relative"
        if self.together:
            return (
                f"{self.gradient} and autodiff stay together for {len(self.steps)} steps in "
                f"{self.dtype}; they differ {where}."
            )
        return f"{self.gradient} and autodiff part at step {self.first_apart}; they differ {where}."


def lockstep(
    mlp: MLP,
    optimizer: optax.GradientTransformation,
    data: DataLike,
    *,
    steps: int = 200,
    batch_size: int = 32,
    seed: int = 0,
    params: Params | None = None,
    dtype: DTypeLike = "float64",
    precision: PrecisionLike = None,
    gradient: str | ValueAndGrad = "manual",
) -> LockstepResult:
    """Train twice at once, by hand and by autodiff, and compare the parameters after every step.

    The batches are those ``train`` draws from the same seed.

    Args:
        mlp: The network.
        optimizer: Any optax transformation.
        data: As ``train`` takes them; the training part is used.
        steps: How many.
        batch_size: Rows of a step.
        seed: Draws the initial parameters and the batches.
        params: Parameters to begin with, instead of drawn ones.
        dtype: In float64 rounding leaves most room to see a mistake.
        precision: Of every matrix product, as ``jax.default_matmul_precision`` takes it.
        gradient: The hand derivation: "manual", or one's own ``(params, x, y) -> (loss, grads)``.

    Raises:
        TypeError: If an argument or the data are of the wrong kind.
        ValueError: If names are unknown, or numbers, data and parameters do not fit each other.
    """
    steps = checks.whole("steps", steps, 1)
    setup = set_up(
        mlp,
        optimizer,
        data,
        gradient=gradient,
        batch_size=batch_size,
        seed=seed,
        params=params,
        dtype=dtype,
        precision=precision,
    )
    with width(setup.dtype):
        state, key = start(setup)
        picks = picks_of(key, len(setup.splits.train), setup.plan.batch_size, steps)
        walked = walk(setup.plan, state, rows_of(setup.splits.train, setup.dtype), picks)
        return _result(setup, state.params, *map(np.asarray, walked))


def _result(
    setup: Setup, params: Params, loss_manual: Any, loss_autodiff: Any, difference: Any
) -> LockstepResult:
    names = leaf_names(params)
    difference = difference.astype(np.float64)
    steps = np.arange(1, len(difference) + 1, dtype=np.int32)
    step, leaf = np.unravel_index(
        np.argmax(np.nan_to_num(difference, nan=np.inf)), difference.shape
    )
    rounding = ROUNDINGS * float(jnp.finfo(setup.dtype).eps) * steps
    apart = ~(difference <= rounding[:, None]).all(axis=1)  # nan is apart
    return LockstepResult(
        steps=steps,
        loss_manual=loss_manual.astype(np.float64),
        loss_autodiff=loss_autodiff.astype(np.float64),
        difference=difference,
        leaf_names=tuple(names),
        worst=Parting(names[leaf], int(steps[step]), float(difference[step, leaf])),
        first_apart=int(steps[apart][0]) if apart.any() else None,
        dtype=setup.dtype.name,
        gradient=setup.name,
    )

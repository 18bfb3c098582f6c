"""Features made of the two coordinates of a point, by name: what a playground offers."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from functional_nn.names import lookup

Column = Float[np.ndarray, " rows"]

features: Mapping[str, Callable[[Column, Column], Column]] = MappingProxyType(
    {
        "x1": lambda x1, x2: x1,
        "x2": lambda x1, x2: x2,
        "x1^2": lambda x1, x2: x1**2,
        "x2^2": lambda x1, x2: x2**2,
        "x1*x2": lambda x1, x2: x1 * x2,
        "sin(x1)": lambda x1, x2: np.sin(np.pi * x1),
        "sin(x2)": lambda x1, x2: np.sin(np.pi * x2),
    }
)


def lift(
    points: Float[np.ndarray, "rows 2"], names: Sequence[str]
) -> Float[np.ndarray, "rows features"]:
    """Return the features asked for of each point, in float32.

    Raises:
        ValueError: If a name is unknown; the nearest known one is offered.
    """
    chosen = [lookup("feature", name, features) for name in names]
    columns = [feature(points[:, 0], points[:, 1]) for feature in chosen]
    return np.stack(columns, axis=1).astype(np.float32)

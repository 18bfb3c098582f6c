"""Inputs in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def number(value: Any) -> str:
    """Write an input; an array of equal elements as one of them."""
    elements = np.asarray(value, np.float64).ravel()
    if np.ptp(elements) == 0:
        return f"{elements[0]:.6g}"
    return f"({', '.join(f'{element:.6g}' for element in elements)})"


def named(values: Mapping[str, Any]) -> str:
    """Write inputs by name: ``x = 0``."""
    return ", ".join(f"{name} = {number(value)}" for name, value in values.items())

"""Two classes of points in the plane: problems whose answer one can see.

    name       label 0                      label 1
    circles    a disc, radius 0.5           a ring around it, radii 0.7 to 1
    xor        signs of x_1, x_2 agree      signs differ
    gaussians  a blob around (-0.5, -0.5)   a blob around (0.5, 0.5)
    spirals    an arm of 1.75 turns         the same arm, turned by half a turn
    moons      an arch                      an arch upside down, its end in the other's bay

Coordinates have no unit; without noise all but the blobs lie in the square -1..1, so that they
need no scaling. ``noise`` is the standard deviation of the Gaussian noise added to each
coordinate, in the same measure. Half of the rows have label 0 (one more when ``n`` is odd), and
rows come in random order.
"""

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from functional_nn.datasets.dataset import Dataset
from functional_nn.datasets.seeds import generator


def circles(n: int = 1000, *, noise: float | int = 0.05, seed: int = 0) -> Dataset:
    """Return a disc inside a ring, both filled evenly.

    Equations:
        x = r (cos φ, sin φ),   φ ~ U(0, 2π)
        label 0: r² ~ U(0, 0.5²)
        label 1: r² ~ U(0.7², 1)
    """
    random, n0, n1 = _begin(n, noise, seed)
    disc = _polar(np.sqrt(random.uniform(0.0, 0.5**2, n0)), random.uniform(0, 2 * np.pi, n0))
    ring = _polar(np.sqrt(random.uniform(0.7**2, 1.0, n1)), random.uniform(0, 2 * np.pi, n1))
    return _finish("circles", disc, ring, noise, random)


def xor(n: int = 1000, *, noise: float | int = 0.05, seed: int = 0) -> Dataset:
    """Return four squares, one a quadrant, labelled by exclusive or of the signs.

    Equations:
        x = (s_1 a_1, s_2 a_2),   a_i ~ U(0.1, 1),   s_1 = ±1 with equal chance
        label 0: s_2 =  s_1
        label 1: s_2 = -s_1
    """
    random, n0, n1 = _begin(n, noise, seed)
    same = random.uniform(0.1, 1.0, (n0, 2)) * random.choice([-1.0, 1.0], (n0, 1))
    other = random.uniform(0.1, 1.0, (n1, 2)) * random.choice([-1.0, 1.0], (n1, 1))
    return _finish("xor", same, other * np.array([[1.0, -1.0]]), noise, random)


def gaussians(n: int = 1000, *, noise: float | int = 0.05, seed: int = 0) -> Dataset:
    """Return two round blobs of standard deviation 0.2, the noise coming on top.

    Equations:
        label 0: x ~ N((-0.5, -0.5), 0.2² I)
        label 1: x ~ N((+0.5, +0.5), 0.2² I)
    """
    random, n0, n1 = _begin(n, noise, seed)
    low, high = random.normal(-0.5, 0.2, (n0, 2)), random.normal(0.5, 0.2, (n1, 2))
    return _finish("gaussians", low, high, noise, random)


def spirals(n: int = 1000, *, noise: float | int = 0.05, seed: int = 0) -> Dataset:
    """Return two interleaved arms that wind 1.75 times around the origin.

    Equations:
        x = r (cos φ, sin φ),   r ~ U(0.1, 1)
        label 0: φ = 3.5 π r
        label 1: φ = 3.5 π r + π
    """
    random, n0, n1 = _begin(n, noise, seed)
    r0, r1 = random.uniform(0.1, 1.0, n0), random.uniform(0.1, 1.0, n1)
    arm, turned = _polar(r0, 3.5 * np.pi * r0), _polar(r1, 3.5 * np.pi * r1 + np.pi)
    return _finish("spirals", arm, turned, noise, random)


def moons(n: int = 1000, *, noise: float | int = 0.05, seed: int = 0) -> Dataset:
    """Return two half circles of radius 2/3, each reaching into the other.

    Equations:
        φ ~ U(0, π)
        label 0: x = 2/3 (cos φ, sin φ) - (1/3, 1/6)
        label 1: x = (1/3, 1/6) - 2/3 (cos φ, sin φ)
    """
    random, n0, n1 = _begin(n, noise, seed)
    centre = np.array([[1 / 3, 1 / 6]])
    arch = _polar(np.full(n0, 2 / 3), random.uniform(0, np.pi, n0)) - centre
    bay = centre - _polar(np.full(n1, 2 / 3), random.uniform(0, np.pi, n1))
    return _finish("moons", arch, bay, noise, random)


#: The sets by name; each takes ``n``, ``noise`` and ``seed``.
playground: Mapping[str, Callable[..., Dataset]] = MappingProxyType(
    {f.__name__: f for f in (circles, xor, gaussians, spirals, moons)}
)


def _begin(n: int, noise: float | int, seed: int) -> tuple[np.random.Generator, int, int]:
    """Return the generator and the rows of each label, or refuse the numbers given."""
    if operator.index(n) < 2:
        raise ValueError(f"n is {n}; wanted 2 points at least, one of each class.")
    if not (math.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise is {noise}; wanted a standard deviation of at least 0.")
    return generator(seed), n - n // 2, n // 2


def _polar(
    r: Float[np.ndarray, " points"], angle: Float[np.ndarray, " points"]
) -> Float[np.ndarray, "points 2"]:
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)


def _finish(
    name: str,
    zeros: Float[np.ndarray, "n0 2"],
    ones: Float[np.ndarray, "n1 2"],
    noise: float | int,
    random: np.random.Generator,
) -> Dataset:
    """Label the points, add the noise, shuffle the rows."""
    points = np.concatenate([zeros, ones])
    labels = np.repeat(np.arange(2, dtype=np.int32), [len(zeros), len(ones)])
    points = points + random.normal(0.0, noise, points.shape)
    order = random.permutation(len(points))
    return Dataset(points[order].astype(np.float32), labels[order], 2, name)

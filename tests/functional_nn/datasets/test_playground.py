import numpy as np
import pytest

from functional_nn.datasets import playground

NAMES = list(playground)


def clean(name, n=600):
    """Return the points of each label, without noise."""
    data = playground[name](n, noise=0, seed=3)
    return data.x[data.y == 0], data.x[data.y == 1]


def polar(x):
    return np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_back(name):
    data = playground[name](101)
    assert (data.name, data.classes, data.x.shape, data.x.dtype) == (name, 2, (101, 2), np.float32)
    assert list(np.bincount(data.y)) == [51, 50]
    assert np.any(np.diff(data.y) < 0)  # not one class after the other


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides(name):
    first, same, other = (playground[name](50, seed=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.x, same.x)
    np.testing.assert_array_equal(first.y, same.y)
    assert not np.array_equal(first.x, other.x)


@pytest.mark.parametrize("name", NAMES)
def test_noise_is_the_standard_deviation_of_each_coordinate(name):
    still, moved = (playground[name](5000, noise=noise, seed=1) for noise in (0.0, 0.3))
    np.testing.assert_array_equal(still.y, moved.y)
    np.testing.assert_allclose((moved.x - still.x).std(axis=0), 0.3, rtol=0.05)
    np.testing.assert_allclose((moved.x - still.x).mean(axis=0), 0, atol=0.02)


@pytest.mark.parametrize(
    ("name", "gap"), [("circles", 0.2), ("xor", 0.2), ("spirals", 0.1), ("moons", 0.15)]
)
def test_without_noise_classes_keep_apart(name, gap):
    zeros, ones = clean(name)
    distances = np.hypot(*(zeros[:, None, :] - ones[None, :, :]).transpose(2, 0, 1))
    assert distances.min() > gap - 1e-6
    assert max(np.abs(zeros).max(), np.abs(ones).max()) <= 1


def test_circles():
    disc, ring = clean("circles", 4000)
    assert polar(disc)[0].max() <= 0.5
    assert polar(ring)[0].min() >= 0.7 - 1e-6
    for radius, low, high in ((polar(disc)[0], 0, 0.5), (polar(ring)[0], 0.7, 1)):
        # filled evenly: r² is uniform
        np.testing.assert_allclose(np.mean(radius**2), (low**2 + high**2) / 2, rtol=0.05)
    np.testing.assert_allclose(np.concatenate([disc, ring]).mean(axis=0), 0, atol=0.03)


def test_xor():
    same, other = clean("xor")
    assert np.all(same[:, 0] * same[:, 1] > 0)
    assert np.all(other[:, 0] * other[:, 1] < 0)
    for points in (same, other):
        assert np.abs(points).min() >= 0.1 - 1e-6
        assert 0.4 < np.mean(points[:, 0] > 0) < 0.6


def test_gaussians():
    for points, centre in zip(clean("gaussians", 4000), (-0.5, 0.5), strict=True):
        np.testing.assert_allclose(points.mean(axis=0), centre, atol=0.02)
        np.testing.assert_allclose(np.cov(points.T), 0.04 * np.eye(2), atol=0.003)


def test_spirals():
    for points, turned in zip(clean("spirals"), (0, np.pi), strict=True):
        radius, angle = polar(points)
        assert 0.1 - 1e-6 <= radius.min() < radius.max() <= 1 + 1e-6
        np.testing.assert_allclose(
            np.exp(1j * angle), np.exp(1j * (3.5 * np.pi * radius + turned)), atol=1e-5
        )


def test_moons():
    arch, bay = clean("moons")
    centre = np.array([[1 / 3, 1 / 6]], np.float32)
    for points in (arch + centre, centre - bay):
        radius, angle = polar(points)
        np.testing.assert_allclose(radius, 2 / 3, atol=1e-6)
        assert np.all((angle >= -1e-6) & (angle <= np.pi + 1e-6))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n": 1}, "n is 1; wanted 2 points at least, one of each class."),
        ({"noise": -0.1}, "noise is -0.1; wanted a standard deviation of at least 0."),
        ({"noise": float("nan")}, "noise is nan; wanted a standard deviation of at least 0."),
        ({"noise": float("inf")}, "noise is inf; wanted a standard deviation of at least 0."),
        ({"seed": -3}, "seed is -3; wanted a whole number of at least 0."),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_refused(name, settings, message, refuses):
    with refuses(ValueError, message):
        playground[name](**settings)

import numpy as np

from functional_nn.datasets import digits


def test_digits():
    data = digits()
    assert data.x.shape == (1797, 64)
    assert (data.x.dtype, data.y.dtype) == (np.float32, np.int32)
    assert (data.x.min(), data.x.max()) == (0, 1)
    assert (data.classes, data.name, data.image_shape) == (10, "digits", (8, 8))
    assert data.class_names == tuple("0123456789")
    assert list(np.bincount(data.y)) == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_pixels_are_exact_sixteenths():
    assert np.all(digits().x * 16 == np.round(digits().x * 16))


def test_a_zero_is_hollow():
    data = digits()
    zero = data.x[data.y == 0].mean(axis=0).reshape(data.image_shape)
    assert zero[3:5, 3:5].max() < 0.25 < 0.6 < zero[3:5, 2].min()

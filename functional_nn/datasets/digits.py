"""Handwritten digits that ship with scikit-learn: small, real, nothing to download."""

import numpy as np

from functional_nn.datasets.dataset import Dataset


def digits() -> Dataset:
    """Return 1797 handwritten digits of 8 x 8 pixels.

    Pixels run from 0 (paper) to 1 (ink); the file's own 0..16 counts inked dots in a 4 x 4 block.

    Source:
        Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
        Repository, 1998 (its test part), through ``sklearn.datasets.load_digits``.
    """
    from sklearn.datasets import load_digits  # a second to import, and only needed here

    pixels, labels = load_digits(return_X_y=True)
    return Dataset(
        x=(pixels / 16).astype(np.float32),
        y=labels,
        classes=10,
        name="digits",
        image_shape=(8, 8),
        class_names=tuple("0123456789"),
    )

"""Data sets: rows in, checked, split; never fetched from a network.

circles xor gaussians spirals moons    two classes in the plane, drawn from a seed
digits                                 1797 handwritten digits, 8 x 8 (scikit-learn's)
a folder                               IDX files: MNIST, Fashion-MNIST

data = load("digits")                  Splits(train, validation, test)
data = load("path/to/mnist", classes=(0, 1))
data = split(Dataset(x, y))            one's own arrays
"""

from functional_nn.datasets.checks import validate
from functional_nn.datasets.dataset import Dataset, Splits
from functional_nn.datasets.digits import digits
from functional_nn.datasets.fits import fits
from functional_nn.datasets.idx import IdxError, read_idx, write_idx
from functional_nn.datasets.idx_folder import load_idx
from functional_nn.datasets.loading import datasets, load
from functional_nn.datasets.playground import circles, gaussians, moons, playground, spirals, xor
from functional_nn.datasets.splits import split
from functional_nn.datasets.stored import Stored, stored_idx, stored_npy
from functional_nn.datasets.stored_folder import stored_folder

__all__ = [
    "Dataset",
    "IdxError",
    "Splits",
    "Stored",
    "circles",
    "datasets",
    "digits",
    "fits",
    "gaussians",
    "load",
    "load_idx",
    "moons",
    "playground",
    "read_idx",
    "spirals",
    "split",
    "stored_folder",
    "stored_idx",
    "stored_npy",
    "validate",
    "write_idx",
    "xor",
]

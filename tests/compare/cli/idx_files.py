"""Small IDX folders, right and damaged, for the command line's tests."""

import gzip
import struct
from pathlib import Path

import numpy as np

PREFIXES = ("train", "t10k")


def idx(array: np.ndarray) -> bytes:
    """Return an array of bytes as an IDX file."""
    header = struct.pack(">BBBB", 0, 0, 0x08, array.ndim) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    return header + array.astype(np.uint8).tobytes()


def folder(path: Path, rows: int = 48, classes: int = 3) -> Path:
    """Write four files with pictures of 4 x 4 pixels; return the folder."""
    path.mkdir(parents=True)
    random = np.random.default_rng(0)
    for prefix in PREFIXES:
        labels = np.arange(rows) % classes
        pictures = random.integers(0, 60, (rows, 4, 4))
        pictures[np.arange(rows), labels] += 180  # a bright line, in a row for each class
        (path / f"{prefix}-images-idx3-ubyte").write_bytes(idx(pictures))
        (path / f"{prefix}-labels-idx1-ubyte").write_bytes(idx(labels))
    return path


def zipped(path: Path) -> None:
    """Replace every file of a folder by its .gz."""
    for file in list(path.iterdir()):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()

"""One IDX file, the format of MNIST: read with every field of its header verified, or written.

    bytes    field
    0 .. 1   0, 0
    2        type of the entries: 08 ubyte, 09 byte, 0B int16, 0C int32, 0D float32, 0E float64
    3        rank: the number of axes
    4 ..     size of each axis, 4 bytes each
    then     the entries, the last axis running fastest

Numbers are big-endian. A file may be gzipped; its first bytes tell, not its name.

Source:
    LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats".
"""

import gzip
import math
import struct
import zlib
from os import PathLike
from pathlib import Path
from types import MappingProxyType

import numpy as np
from jaxtyping import Num
from numpy.typing import DTypeLike

#: Type byte -> numpy's name for it, as stored.
_TYPES = MappingProxyType(
    {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
)
_MOST_AXES = 64  # numpy's own limit
_GZIP = b"\x1f\x8b"


class IdxError(ValueError):
    """An IDX file or folder that is not what it should be.

    Attributes:
        path: The file or folder.
        found: What it holds.
        wanted: What it should hold.
        todo: What to do about it.
    """

    def __init__(self, path: str | PathLike[str], found: str, wanted: str, todo: str) -> None:
        """Keep the four parts of the message."""
        super().__init__(str(path), found, wanted, todo)
        self.path, self.found, self.wanted, self.todo = Path(path), found, wanted, todo

    def __str__(self) -> str:
        """Say it in a sentence, and what to do in another."""
        return f"{self.path}: found {self.found}; wanted {self.wanted}. {self.todo}"


def read_idx(
    path: str | PathLike[str], *, dtype: DTypeLike | None = None, rank: int | None = None
) -> Num[np.ndarray, "..."]:
    """Return the array in an IDX file.

    Args:
        path: The file, plain or gzipped.
        dtype: What its entries must be; None takes any type of the format.
        rank: How many axes it must have; None takes any number.

    Raises:
        IdxError: If the file is missing, cannot be read, is truncated, corrupt or longer than its
            header says, or holds another type or rank than asked for.
    """
    path = Path(path)
    content = _content(path)
    stored = _stored_type(path, content, dtype)
    shape = _shape(path, content, rank)
    start = 4 + 4 * len(shape)
    _check_length(path, len(content) - start, shape, stored.itemsize)
    entries = np.frombuffer(content, stored, offset=start).reshape(shape)  # no copy
    return entries.astype(stored.newbyteorder("="), copy=False)


def header(
    path: str | PathLike[str], *, dtype: DTypeLike | None = None, rank: int | None = None
) -> tuple[np.dtype, tuple[int, ...], int]:
    """Return type, shape and place of the entries of a file that is not read further.

    Raises:
        IdxError: As ``read_idx`` does; and if the file is zipped.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            first = file.read(4 + 4 * _MOST_AXES)
        size = path.stat().st_size
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise IdxError(path, found, "an IDX file", "Check the path and its permissions.") from None
    if first.startswith(_GZIP):
        raise IdxError(path, "a zipped file", "a plain one to map", "Unzip it: gunzip FILE.")
    stored = _stored_type(path, first, dtype)
    shape = _shape(path, first, rank)
    start = 4 + 4 * len(shape)
    _check_length(path, size - start, shape, stored.itemsize)
    return stored, shape, start


def write_idx(path: str | PathLike[str], array: Num[np.ndarray, "..."]) -> None:
    """Write an array as an IDX file; gzipped if the name ends in ``.gz``.

    Raises:
        IdxError: If the format has no such type, or there is no axis or no entry.
    """
    codes = {np.dtype(stored).newbyteorder("="): code for code, stored in _TYPES.items()}
    code = codes.get(array.dtype.newbyteorder("="))
    if code is None:
        known = ", ".join(str(dtype) for dtype in codes)
        raise IdxError(path, f"entries of {array.dtype}", f"one of {known}", "Convert the array.")
    if array.ndim == 0 or array.size == 0:
        found = f"an array of shape {list(array.shape)}"
        raise IdxError(path, found, "one axis and one entry at least", "Give the array some rows.")
    header = struct.pack(f">4B{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    content = header + array.astype(_TYPES[code]).tobytes()
    zipped = Path(path).suffix == ".gz"
    Path(path).write_bytes(gzip.compress(content, mtime=0) if zipped else content)


def _content(path: Path) -> bytes:
    """Return the bytes of a file, unzipped if they are zipped."""
    try:
        content = path.read_bytes()
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise IdxError(path, found, "an IDX file", "Check the path and its permissions.") from None
    if not content.startswith(_GZIP):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        found = f"corrupt gzip data ({error})"
        raise IdxError(path, found, "a whole gzip file", "Fetch the file again.") from None


def _stored_type(path: Path, content: bytes, wanted: DTypeLike | None) -> np.dtype:
    """Return the type of the entries, as stored, from the first four bytes."""
    if len(content) < 4:
        raise IdxError(path, f"{len(content)} bytes", "a header of 4 or more", _todo(short=True))
    magic = content[:4].hex(" ")
    if content[:2] != b"\0\0" or content[2] not in _TYPES or not 1 <= content[3] <= _MOST_AXES:
        types = ", ".join(f"{code:02x}" for code in _TYPES)
        form = f"00 00, a type ({types}) and a rank (01 to {_MOST_AXES:02x})"
        todo = "This is no IDX file, or a damaged one: fetch it again."
        raise IdxError(path, f"the first bytes {magic}", form, todo)
    stored = np.dtype(_TYPES[content[2]])
    if wanted is not None and stored.newbyteorder("=") != np.dtype(wanted):
        found = f"entries of {stored.newbyteorder('=')} (first bytes {magic})"
        todo = "This is another file than its name says, or a damaged one: fetch it again."
        raise IdxError(path, found, f"entries of {np.dtype(wanted)}", todo)
    return stored


def _shape(path: Path, content: bytes, wanted: int | None) -> tuple[int, ...]:
    """Return the size of each axis from the bytes that follow the first four."""
    rank = content[3]
    if wanted is not None and rank != wanted:
        found = f"{_axes(rank)} (first bytes {content[:4].hex(' ')})"
        todo = "This is another file than its name says: images and labels swapped?"
        raise IdxError(path, found, _axes(wanted), todo)
    if len(content) < 4 + 4 * rank:
        header = f"a header of {4 + 4 * rank} for {_axes(rank)}"
        raise IdxError(path, f"{len(content)} bytes", header, _todo(short=True))
    return struct.unpack_from(f">{rank}I", content, 4)


def _check_length(path: Path, found: int, shape: tuple[int, ...], itemsize: int) -> None:
    """Hold the header's promise against the bytes that are there."""
    sizes = " x ".join(map(str, shape))
    wanted = math.prod(shape) * itemsize
    if wanted == 0:
        todo = "The file is empty or damaged: fetch it again."
        raise IdxError(path, f"{sizes} entries", "one at least", todo)
    if found != wanted:
        promise = f"{wanted}, for {sizes} entries of {itemsize}"
        raise IdxError(path, f"{found} bytes of entries", promise, _todo(short=found < wanted))


def _axes(rank: int) -> str:
    return "1 axis" if rank == 1 else f"{rank} axes"


def _todo(*, short: bool) -> str:
    state = "truncated" if short else "longer than its header says"
    return f"The file is {state}: fetch it again."

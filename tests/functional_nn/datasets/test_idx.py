import gzip
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from functional_nn.datasets import IdxError, read_idx, write_idx

TYPES = [np.uint8, np.int8, np.int16, np.int32, np.float32, np.float64]
IMAGES = (np.arange(24, dtype=np.uint8) * 10).reshape(2, 3, 4)
HEADER = bytes.fromhex("00000803 00000002 00000003 00000004")
TYPE_FORM = "00 00, a type (08, 09, 0b, 0c, 0d, 0e) and a rank (01 to 40)"
SWAPPED = "This is another file than its name says: images and labels swapped?"
OTHER = "This is another file than its name says, or a damaged one: fetch it again."
NO_IDX = "This is no IDX file, or a damaged one: fetch it again."
SHORT = "The file is truncated: fetch it again."


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "images"


def same(path, array):
    """Whether the file at least reads as this array."""
    try:
        np.testing.assert_array_equal(read_idx(path, dtype=array.dtype, rank=array.ndim), array)
    except IdxError:
        return False
    return True


def test_the_format_byte_by_byte(path):
    write_idx(path, IMAGES)
    assert path.read_bytes() == HEADER + bytes(range(0, 240, 10))


def test_numbers_are_big_endian(path):
    write_idx(path, np.array([1, -2], np.int16))
    assert path.read_bytes() == bytes.fromhex("00000b01 00000002 0001 fffe")


@pytest.mark.parametrize("end", ["", ".gz"])
@given(
    array=st.sampled_from(TYPES).flatmap(
        lambda dtype: arrays.arrays(dtype, arrays.array_shapes(max_dims=4, max_side=4))
    )
)
def test_round_trip(path, end, array):
    file = path.with_suffix(end)
    write_idx(file, array)
    read = read_idx(file)
    assert (read.dtype, read.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(read, array)


def test_names_need_not_tell_that_a_file_is_gzipped(path):
    path.write_bytes(gzip.compress(HEADER + IMAGES.tobytes()))
    np.testing.assert_array_equal(read_idx(path), IMAGES)
    path.with_suffix(".gz").write_bytes(HEADER + IMAGES.tobytes())
    np.testing.assert_array_equal(read_idx(path.with_suffix(".gz")), IMAGES)


@pytest.mark.parametrize("content", [HEADER + IMAGES.tobytes()])
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_truncated_anywhere(path, content, zipped):
    content = gzip.compress(content) if zipped else content
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(IdxError, match=r"fetch it again\.|Fetch the file again\."):
            read_idx(path)


@given(tail=st.binary(min_size=1, max_size=9), zipped=st.booleans())
def test_trailing_bytes(path, tail, zipped):
    content = HEADER + IMAGES.tobytes() + tail
    path.write_bytes(gzip.compress(content) if zipped else content)
    with pytest.raises(IdxError, match="longer than its header says"):
        read_idx(path)


@given(at=st.integers(0, len(HEADER) - 1), byte=st.integers(0, 255))
def test_changed_header(path, at, byte):
    content = bytearray(HEADER + IMAGES.tobytes())
    changed = content[at] != byte
    content[at] = byte
    path.write_bytes(content)
    assert same(path, IMAGES) != changed


@given(data=st.data())
def test_changed_gzip_file(path, data):
    content = bytearray(gzip.compress(HEADER + IMAGES.tobytes(), mtime=0))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        read = read_idx(path)
    except IdxError:
        return
    np.testing.assert_array_equal(read, IMAGES)  # the byte was its name, date or system


@given(content=st.binary(max_size=40))
def test_whatever_the_bytes_nothing_but_an_idx_error(path, content):
    path.write_bytes(content)
    try:
        read = read_idx(path)
    except IdxError:
        return
    write_idx(path, read)
    assert path.read_bytes() == content


#   content, what is asked for, found, wanted, what to do
FAULTS = {
    "empty": (b"", {}, "0 bytes", "a header of 4 or more", SHORT),
    "page of a web site": (
        b"<!DOCTYPE html>", {}, "the first bytes 3c 21 44 4f", TYPE_FORM, NO_IDX
    ),
    "unknown type": (
        b"\0\0\x0a\1" + HEADER[4:], {}, "the first bytes 00 00 0a 01", TYPE_FORM, NO_IDX
    ),
    "no axes": (b"\0\0\x08\0*", {}, "the first bytes 00 00 08 00", TYPE_FORM, NO_IDX),
    "more axes than numpy has": (
        b"\0\0\x08\x41" + 65 * b"\0\0\0\1*", {}, "the first bytes 00 00 08 41", TYPE_FORM, NO_IDX
    ),
    "another type": (
        HEADER.replace(b"\x08", b"\x09") + IMAGES.tobytes(), {"dtype": np.uint8},
        "entries of int8 (first bytes 00 00 09 03)", "entries of uint8", OTHER,
    ),
    "another rank": (
        HEADER + IMAGES.tobytes(), {"rank": 1},
        "3 axes (first bytes 00 00 08 03)", "1 axis", SWAPPED,
    ),
    "header cut": (HEADER[:14], {}, "14 bytes", "a header of 16 for 3 axes", SHORT),
    "entries cut": (
        HEADER + IMAGES.tobytes()[:-1], {},
        "23 bytes of entries", "24, for 2 x 3 x 4 entries of 1", SHORT,
    ),
    "wide entries cut": (
        bytes.fromhex("00000d01 00000002 00000000"), {},
        "4 bytes of entries", "8, for 2 entries of 4", SHORT,
    ),
    "a promise beyond all memory": (
        b"\0\0\x0e\3" + 12 * b"\xff", {},
        "0 bytes of entries",
        f"{(2**32 - 1) ** 3 * 8}, for 4294967295 x 4294967295 x 4294967295 entries of 8",
        SHORT,
    ),
    "trailing bytes": (
        HEADER + IMAGES.tobytes() + b"..", {},
        "26 bytes of entries", "24, for 2 x 3 x 4 entries of 1",
        "The file is longer than its header says: fetch it again.",
    ),
    "no entries": (
        struct.pack(">4B2I", 0, 0, 8, 2, 0, 2**32 - 1), {},
        "0 x 4294967295 entries", "one at least", "The file is empty or damaged: fetch it again.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "asked", "found", "wanted", "todo"), FAULTS.values(), ids=FAULTS
)
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_fault(path, content, asked, found, wanted, todo, zipped, refuses):
    path.write_bytes(gzip.compress(content) if zipped else content)
    with refuses(IdxError, f"{path}: found {found}; wanted {wanted}. {todo}"):
        read_idx(path, **asked)


@pytest.mark.parametrize("cut", [1, 8, 15], ids="cut {}".format)
@pytest.mark.parametrize("tail", [b"", 8 * b"!"], ids=["short", "overwritten"])
def test_damaged_gzip_file(path, cut, tail):
    path.write_bytes(gzip.compress(HEADER + IMAGES.tobytes())[:-cut] + tail)
    # between the brackets: Python's own words, which change with its version
    sentence = r"found corrupt gzip data \(.+\); wanted a whole gzip file\. Fetch the file again\.$"
    with pytest.raises(IdxError, match=sentence):
        read_idx(path)


def test_missing_file(tmp_path, refuses):
    with refuses(
        IdxError,
        f"{tmp_path / 'images'}: found a file that cannot be read (No such file or directory); "
        "wanted an IDX file. Check the path and its permissions.",
    ):
        read_idx(tmp_path / "images")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            np.zeros(2, np.uint16),
            (
                "found entries of uint16; "
                "wanted one of uint8, int8, int16, int32, float32, float64. Convert the array."
            ),
        ),
        (
            np.zeros((2, 0), np.uint8),
            (
                "found an array of shape [2, 0]; wanted one axis and one entry at least. "
                "Give the array some rows."
            ),
        ),
        (
            np.array(1, np.uint8),
            (
                "found an array of shape []; wanted one axis and one entry at least. "
                "Give the array some rows."
            ),
        ),
    ],
)
def test_what_the_format_cannot_hold(tmp_path, array, message, refuses):
    with refuses(IdxError, f"{tmp_path / 'x'}: {message}"):
        write_idx(tmp_path / "x", array)
    assert not (tmp_path / "x").exists()


def test_the_error_keeps_its_parts(tmp_path):
    error = pickle.loads(pickle.dumps(IdxError(tmp_path / "x", "this", "that", "Do so.")))
    assert (error.path, error.found, error.wanted, error.todo) == (
        tmp_path / "x", "this", "that", "Do so.",
    )  # fmt: skip
    assert str(error) == f"{tmp_path / 'x'}: found this; wanted that. Do so."

"""Where in somebody's source an equation was written."""

import functools
import linecache
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jaxlib

#: Of ours, and yet a derivation to be read: the one ``handgrad demo`` has a mistake in.
_READ = Path(__file__).resolve().parents[1] / "cli" / "mistaken.py"

#: Frames in these folders are machinery, not anybody's derivation.
_MACHINERY = (
    *tuple(
        str(Path(module.__file__).resolve().parent)
        for module in (jax, jaxlib)
        if module.__file__ is not None
    ),
    str(Path(__file__).resolve().parent.parent),
)


@dataclass(frozen=True)
class Place:
    """A stretch of source text.

    Attributes:
        file: Path of the file.
        line: First line, 1-based.
        columns: First and last column in that line, 0-based, end exclusive; (0, 0) unknown.
        function: Name of the function it stands in.
        caller: The place that called that function, as far as it is the user's.
    """

    file: str
    line: int
    columns: tuple[int, int]
    function: str
    caller: "Place | None" = None

    @property
    def code(self) -> str:
        """The source line, without indentation; "" when the file cannot be read."""
        return linecache.getline(self.file, self.line).strip()

    def chain(self) -> "Iterator[Place]":
        """Yield the place, what called for it, what called for that, and so on."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.caller

    def __str__(self) -> str:
        """Return ``file:line``."""
        return f"{self.file}:{self.line}"


def place_of(source_info: Any) -> Place | None:
    """Return the innermost place outside JAX and handgrad, or None when there is none.

    Args:
        source_info: The ``source_info`` of a traced equation.
    """
    if source_info.traceback is None:
        return None
    codes, offsets = source_info.traceback.raw_frames()
    place = None
    for code, offset in reversed(list(zip(codes, offsets, strict=True))):  # outermost first
        if not is_machinery(code.co_filename):
            place = Place(
                code.co_filename, *_position(code, offset), function=code.co_name, caller=place
            )
    return place


@functools.cache
def is_machinery(file: str) -> bool:
    """Whether a file is JAX's, ours, or no file at all but code that a library has written."""
    if file.startswith(("<frozen", "<string", "<__array", "<@beartype", "<attrs")):
        return True
    path = Path(file).resolve()
    return path != _READ and str(path).startswith(_MACHINERY)


def _position(code: Any, offset: int) -> tuple[int, tuple[int, int]]:
    """Return the line and the columns of the instruction at a byte offset of a code object."""
    positions = list(code.co_positions())
    line, end_line, column, end_column = positions[min(offset // 2, len(positions) - 1)]
    if column is None or end_column is None:
        return line or code.co_firstlineno, (0, 0)
    if end_line != line:  # the expression goes on below: mark to the end of its first line
        end_column = len(linecache.getline(code.co_filename, line).rstrip())
    return line, (column, end_column)


def place_of_exception(error: BaseException) -> Place | None:
    """Return the innermost place of the user's in an exception's traceback, if there is one.

    That of a library is it only where there is none of the author's own.
    """
    own: Place | None = None
    any_: Place | None = None
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not is_machinery(code.co_filename):
            line, columns = _position(code, traceback.tb_lasti)
            any_ = Place(code.co_filename, line, columns, code.co_name, any_)
            own = any_ if is_authored(code.co_filename) else own
        traceback = traceback.tb_next
    return own or any_


@functools.cache
def is_authored(file: str) -> bool:
    """Whether a file is the author's own, not Python's, a library's or ours."""
    return not is_machinery(file) and not str(Path(file).resolve()).startswith(_LIBRARIES)


_LIBRARIES = tuple(
    str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "purelib", "platlib")
)

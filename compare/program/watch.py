"""Watch a function while it is traced: which variables each statement of the author's had.

While the function runs, Python's own trace hook stops at every line of the author's. There the
local variables are noted and a mark is put into the trace, so that every equation is known to
belong to one run of one statement. Loops, ``lax.scan`` and ``jax.jit`` run as plain Python then.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

import jax
import jax.numpy as jnp
from jax.ad_checkpoint import checkpoint_name

from compare.program.contents import map_contents
from compare.program.place import is_authored
from compare.program.program import Equation, Program, Value
from compare.program.trace import trace

_LINE, _OUTPUT = "handgrad line ", "handgrad output "
#: More lines than this are not noted; a loop that runs so often needs no more examples.
_MOST = 3000
#: Nor are more followed than this: each takes JAX about a tenth of a millisecond.
_LONGEST = 30_000


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands for a value of the program in what a statement could see.

    Attributes:
        value: Its number.
        axis: Under ``vmap``, the axis that the statement does not see; None elsewhere.
    """

    value: Value
    axis: int | None = None


@dataclass(frozen=True, eq=False)
class Moment:
    """One stop of one function at one line.

    Attributes:
        file: Path of the source file.
        function: Name of the function.
        line: The line that comes next.
        call: Which call of a function this belongs to.
        start: Position of the first equation after this stop.
        names: What the local variables are; arrays are ``Ref``s.
        everywhere: The function's global variables.
        ends: Whether the function returned here.
    """

    file: str
    function: str
    line: int
    call: int
    start: int
    names: Mapping[str, Any]
    everywhere: Mapping[str, Any]
    ends: bool


@dataclass(frozen=True, eq=False)
class Watched:
    """A program and how it came about.

    Attributes:
        program: Each output is a copy of its own of what the function returned.
        moments: In the order they happened.
    """

    program: Program
    moments: tuple[Moment, ...]

    @property
    def sources(self) -> list[Value]:
        """For each output, the value that it is a copy of."""
        equations, writer = self.program.equations, self.program.writer
        return [equations[writer[output]].inputs[0] for output in self.program.outputs]


def watch(function: Callable[..., Sequence[Any]], *arguments: jax.Array) -> Watched:
    """Trace ``function`` and note what each of its statements saw.

    Args:
        function: Takes arrays and returns a flat sequence of arrays.
        arguments: Arrays; only their shapes and dtypes matter.

    Raises:
        RuntimeError: If it loops for too long.
    """
    notes: list[_Note] = []
    refs: list[Any] = []

    def outer(*values: jax.Array) -> list[Any]:
        recorder = _Recorder(values[0])
        with jax.disable_jit(), recorder.listening():
            found = function(*values)
        notes.extend(recorder.notes)
        refs.extend(recorder.tracers)
        copies = [
            checkpoint_name(jnp.asarray(leaf), f"{_OUTPUT}{k}") for k, leaf in enumerate(found)
        ]
        return [*copies, *recorder.tracers]

    program, _ = trace(outer, *arguments, write_out=True)
    count = len(program.outputs) - len(refs)
    values = program.outputs[count:]
    starts: dict[int, int] = {}
    kept: list[Equation] = []
    for equation in program.equations:
        if equation.name is not None and equation.name.startswith(_LINE):
            starts[int(equation.name.removeprefix(_LINE))] = len(kept)
        else:
            kept.append(equation)
    program = replace(program, equations=tuple(kept), outputs=program.outputs[:count])
    return Watched(program, tuple(_moments(notes, starts, values)))


@dataclass(frozen=True, eq=False)
class _Note:
    """A moment whose arrays are places in the recorder's list of tracers."""

    frame: tuple[str, str, int, int]
    names: Mapping[str, Any]
    everywhere: Mapping[str, Any]
    ends: bool


class _Recorder:
    """Notes what the author's functions see, line by line."""

    def __init__(self, example: Any) -> None:
        self.example = example
        self.notes: list[_Note] = []
        self.tracers: list[Any] = []
        self.followed = 0
        self._known: dict[int, int] = {}
        self._calls: dict[FrameType, int] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        before = sys.gettrace()
        sys.settrace(self._hook)
        try:
            yield
        finally:
            sys.settrace(before)
            self._calls.clear()

    def _hook(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not is_authored(frame.f_code.co_filename):
            return None
        self.followed += 1
        if self.followed > _LONGEST:
            msg = f"the function runs through more than {_LONGEST:,} lines"
            raise RuntimeError(msg)
        if event in ("line", "return") and len(self.notes) < _MOST:
            self._note(frame, event == "return")
        return self._hook

    def _note(self, frame: FrameType, ends: bool) -> None:
        call = self._calls.setdefault(frame, len(self._calls))
        code = frame.f_code
        checkpoint_name(self.example, f"{_LINE}{len(self.notes)}")
        variables = {**_around(frame), **frame.f_locals}
        names = {name: self._noted(value) for name, value in variables.items()}
        where = (code.co_filename, code.co_name, frame.f_lineno, call)
        self.notes.append(_Note(where, names, frame.f_globals, ends))

    def _noted(self, value: Any) -> Any:
        """Return a copy of a variable's content in which tracers are numbered."""
        if isinstance(value, Iterator):  # of a loop or comprehension: to look in would use it up
            return None
        return map_contents(self._leaf, value)

    def _leaf(self, leaf: Any) -> Any:
        if not isinstance(leaf, jax.core.Tracer):
            return leaf
        axis = None
        if isinstance(getattr(leaf, "batch_dim", None), int):
            # vmap: one row is seen, all are there
            leaf, axis = leaf.val, leaf.batch_dim
        if getattr(leaf, "_trace", None) is not self.example._trace:
            return None
        number = self._known.setdefault(id(leaf), len(self.tracers))
        if number == len(self.tracers):
            self.tracers.append(leaf)
        return Ref(number, axis)


def _around(frame: FrameType) -> dict[str, Any]:
    """Return the variables of the functions that a frame's function was defined in.

    It keeps those that it reads; an author could have meant any.
    """
    found: dict[str, Any] = {}
    code, outer = frame.f_code, frame.f_back
    while outer is not None and "<locals>" in code.co_qualname:
        enclosing = code.co_qualname.rpartition(".<locals>.")[0]
        if (outer.f_code.co_filename, outer.f_code.co_qualname) == (code.co_filename, enclosing):
            found = {**outer.f_locals, **found}
            code = outer.f_code
        outer = outer.f_back
    return found


def _moments(
    notes: Sequence[_Note], starts: Mapping[int, int], values: Sequence[Value]
) -> Iterator[Moment]:
    def numbered(leaf: Any) -> Any:
        return Ref(values[leaf.value], leaf.axis) if isinstance(leaf, Ref) else leaf

    for number, note in enumerate(notes):
        if number not in starts:  # inside a loop or branch that stays one equation
            continue
        file, function, line, call = note.frame
        names = {name: map_contents(numbered, content) for name, content in note.names.items()}
        yield Moment(file, function, line, call, starts[number], names, note.everywhere, note.ends)

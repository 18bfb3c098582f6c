"""Run a user's Python file, and tell an error in it by its own line."""

import importlib.util
import inspect
import linecache
import sys
import sysconfig
import traceback
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from compare.cli.misuse import MisuseError
from compare.report import words

_OURS = tuple(
    str(Path(__file__).parents[2] / package) + "/"
    for package in ("compare", "functional_nn", "manual_backprop")
)
_LIBRARY = tuple({sysconfig.get_path(name) + "/" for name in ("stdlib", "purelib", "platlib")})


def import_file(path: Path) -> ModuleType:
    """Return a file as a module, as ``python FILE`` would run it but for ``__main__``.

    Raises:
        MisuseError: If there is no such file, or an error comes out of it; the message has the
            file's own line.
    """
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise MisuseError(f"{path}: {what}; give a Python file: handgrad check FILE[:NAME]")
    name = f"handgrad_checked_{path.stem}"  # never hides a real module of that name
    spec = importlib.util.spec_from_file_location(
        name, path, loader=SourceFileLoader(name, str(path))
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    sys.path.insert(0, str(path.resolve().parent))  # its neighbours, as `python FILE` finds them
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        told = f"{path} cannot be imported.\n{their_error(error)}"
        raise MisuseError(told, place_of(error)) from error
    return module


def their_error(error: BaseException) -> str:
    """Return a user's error: its place and message, and the line of code under it."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError):
        place, code = f"{words.path(error.filename or '?')}:{error.lineno}", error.text or ""
        message = f"{kind}: {error.msg}"
    else:
        frames = traceback.extract_tb(error.__traceback__)
        theirs = [frame for frame in frames if is_theirs(frame.filename)] or frames[-1:]
        last = theirs[-1]
        inside = f" in {last.name}" if last.name != "<module>" else ""
        place = f"{words.path(last.filename)}:{last.lineno}{inside}"
        code = linecache.getline(last.filename, last.lineno or 0)
        text = str(error).strip()
        message = f"{kind}: {text.splitlines()[0]}" if text else kind
    return f"  {place}: {message}" + (f"\n    {code.strip()}" if code.strip() else "")


def place_of(error: BaseException) -> tuple[str, int]:
    """Return the file and line of a user's that an error, or what caused it, came out of."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if is_theirs(frame.filename):
            return frame.filename, frame.lineno or 0
    cause = error.__cause__
    return place_of(cause) if cause is not None and cause is not error else ("", 0)


def definition_of(function: Any) -> tuple[str, int]:
    """Return the file and line that a function is defined in; ("", 0) when unknown."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else ("", 0)


def raised_in_theirs(error: BaseException) -> bool:
    """Whether an error came out of the user's code, called by ours."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    theirs = [position for position, file in enumerate(files) if is_theirs(file)]
    callers = [position for position, file in enumerate(files) if file.startswith(_OURS[0])]
    return bool(theirs) and theirs[-1] > max(callers, default=-1)


def is_theirs(file: str) -> bool:
    """Whether a source file is neither of these packages nor of a library."""
    return not (file.startswith((*_OURS, *_LIBRARY, "<")) or "site-packages" in file)

"""Check a file again whenever it, or a module beside it that it imports, is saved."""

import ast
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from compare.cli.screen import Screen

#: Seconds between two looks at the files.
PAUSE = 0.3


def watch(file: Path, command: Sequence[str], screen: Screen) -> int:
    """Run a command of handgrad in a process of its own, now and after every save, until Ctrl-C.

    Returns:
        The exit code of the last run.
    """
    code = 0
    try:
        while True:
            before = stamps(file)
            code = _run(command)
            names = ", ".join(sorted(path.name for path in before)) or file.name
            screen.say()
            screen.say(f"watching {names}; Ctrl-C ends.")
            while stamps(file) == before:
                time.sleep(PAUSE)
            screen.say()
    except KeyboardInterrupt:
        screen.say()
        return code


def options(argnums: str, seed: int, full: bool, sarif: Path | None, github: bool) -> list[str]:
    """Return a check's options as they are written on a command line."""
    return [
        *(("--argnums", argnums) if argnums else ()),
        *(("--seed", str(seed)) if seed else ()),
        *(("--all",) if full else ()),
        *(("--sarif", str(sarif)) if sarif else ()),
        *(("--github",) if github else ()),
    ]


def _run(command: Sequence[str]) -> int:
    """Run a command; a fresh process has no module of an earlier run."""
    process = subprocess.Popen([sys.executable, "-m", "compare", *command])
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()  # Ctrl-C has reached it as well
        raise


def stamps(file: Path) -> dict[Path, tuple[int, int]]:
    """Return when a file and what it imports were written last, and their sizes."""
    found = {}
    for path in sources(file):
        try:
            status = path.stat()
        except OSError:  # an editor replaces it at this moment
            continue
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def sources(file: Path) -> set[Path]:
    """Return a file and the modules of its folder that it imports, however far down."""
    folder = file.resolve().parent
    found: set[Path] = set()
    todo = [file.resolve()]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo.extend(_imported(path, folder))
    return found


def _imported(path: Path, folder: Path) -> Iterator[Path]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):  # half-written: the next save tells
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(folder, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = path.parents[node.level - 1] if node.level else folder
            yield from _files(base, node.module or "")
            for alias in node.names:
                yield from _files(base, ".".join(filter(None, (node.module, alias.name))))


def _files(folder: Path, module: str) -> Iterator[Path]:
    """Yield the files that a module's name, and the packages it is in, lead to."""
    parts = module.split(".") if module else []
    for depth in range(1, len(parts) + 1):
        place = folder.joinpath(*parts[:depth])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                yield path

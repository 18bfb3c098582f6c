"""What earlier runs left in a folder, so that its page goes on listing it.

``gallery.json`` has a line a system: whether its claim held, its numbers, its files, and how it
was made. Title and claim are the system's own; the picture is its PNG file.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from compare.gallery.page import Shown, of_system
from compare.gallery.registry import systems

RECORD = "gallery.json"


def earlier(folder: Path) -> dict[str, Shown]:
    """Return the systems whose pictures lie in a folder, by name.

    Raises:
        ValueError: If the folder's record is none.
    """
    path = folder / RECORD
    if not path.exists():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        found = {name: _read(name, entry, folder) for name, entry in record.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(
            f"{path} is no record of a gallery; remove it, or give another folder with --out"
        ) from error
    return {name: shown for name, shown in found.items() if shown is not None}


def together(old: Mapping[str, Shown], new: Sequence[Shown]) -> list[Shown]:
    """Return all of them in the order of the lectures, a new one instead of the old one."""
    found = {**old, **{each.name: each for each in new}}
    return [found[name] for name in systems if name in found]


def keep(shown: Sequence[Shown], folder: Path) -> Path:
    """Write the record, and return its path."""
    record = {
        each.name: {
            "holds": each.holds,
            "figures": dict(each.figures),
            "extras": [file.name for file in each.extras],
            "command": each.command,
        }
        for each in shown
    }
    path = folder / RECORD
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _read(name: str, entry: Mapping[str, Any], folder: Path) -> Shown | None:
    """Return one, or None when a file of it is gone or there is no such system any more."""
    holds, figures, command = entry["holds"], entry["figures"], entry["command"]
    picture = folder / f"{name}.png"
    extras = tuple(folder / file for file in entry["extras"])
    if not isinstance(holds, bool) or not isinstance(figures, dict) or not isinstance(command, str):
        raise TypeError(name)
    if name not in systems or not all(file.is_file() for file in (picture, *extras)):
        return None
    return of_system(systems[name], holds, figures, picture, extras, command)

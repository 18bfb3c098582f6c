"""Where the kept record is, and how it is read and written."""

import argparse
import json
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "results" / "training.json"


def file(text: str) -> Path:
    """Return the path of a record, as an option of argparse; the folder it is in must be there."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        reason = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise argparse.ArgumentTypeError(f"{text}: {reason}; give a file in one that is there")
    return path


def write(record: dict[str, Any], path: Path = KEPT) -> None:
    """Write a record as JSON, samples included."""
    path.write_text(json.dumps(_rounded(record), indent=1) + "\n")


def read(path: Path = KEPT) -> dict[str, Any]:
    """Return a record.

    Raises:
        FileNotFoundError: If none has been kept yet.
    """
    return json.loads(path.read_text())


def _rounded(value: Any) -> Any:
    """Return six digits of every float: a timing has no more."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value

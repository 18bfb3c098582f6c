"""Where the kept record is, and how it is read and written."""

import json
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "results" / "training.json"


def write(record: dict[str, Any], path: Path = KEPT) -> None:
    """Write a record as JSON, samples included."""
    path.parent.mkdir(parents=True, exist_ok=True)
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

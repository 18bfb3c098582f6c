"""The record of a checkpoint: what it is of, and the digest of every byte of it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compare.training.keeping.errors import DamagedError

RECORD, ARRAYS = "record.json", "arrays"
FORMAT = 1
FIELDS = ("epoch", "step", "seconds", "identity", "leaves", "history", "files")


def write(folder: Path, content: Mapping[str, Any]) -> None:
    """Write the record into a folder whose arrays are written; call it last."""
    content = {**content, "files": _digests(folder)}
    text = {"format": FORMAT, "digest": _digest_of(content), "content": content}
    (folder / RECORD).write_text(json.dumps(text, indent=1), encoding="utf-8")


def verified(folder: Path) -> dict[str, Any]:
    """Return the content of a record, once every byte of the checkpoint is as it was written.

    Raises:
        DamagedError: If something is missing, truncated, altered or added.
    """
    content = _record(folder)
    written, found = content["files"], _files(folder)
    for name, (size, digest) in written.items():
        if name not in found:
            raise DamagedError(f"{name} is missing")
        actual = found[name].stat().st_size
        if actual < size:
            raise DamagedError(f"{name} is truncated: {actual} of {size} bytes")
        if actual > size:
            raise DamagedError(f"{name} is longer than written: {actual} bytes, not {size}")
        if _digest(found[name]) != digest:
            raise DamagedError(f"{name} is altered: its bytes are not those written")
    added = sorted(set(found) - set(written))
    if added:
        raise DamagedError(f"{added[0]} does not belong to it")
    return content


def _record(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise DamagedError("it is a file, not a folder")
    try:
        raw = (folder / RECORD).read_bytes()
    except FileNotFoundError:
        raise DamagedError(f"it has no {RECORD}: it was never finished, or is none") from None
    except OSError as error:
        raise DamagedError(f"{RECORD} cannot be read: {error.strerror}") from None
    if not raw.strip(b" \n\0"):
        raise DamagedError(f"{RECORD} is empty")
    try:
        text = json.loads(raw)
    except ValueError:
        raise DamagedError(f"{RECORD} is no JSON: truncated or overwritten") from None
    if not (isinstance(text, dict) and {"format", "digest", "content"} <= set(text)):
        raise DamagedError(f"{RECORD} is not a record of handgrad's")
    if text["format"] != FORMAT:
        raise DamagedError(f"it is of format {text['format']!r}; this version reads {FORMAT}")
    if _digest_of(text["content"]) != text["digest"]:
        raise DamagedError(f"{RECORD} is altered: it does not fit its own digest")
    missing = [name for name in FIELDS if name not in text["content"]]
    if missing:
        raise DamagedError(f"{RECORD} does not say {missing[0]}")
    return text["content"]


def _files(folder: Path) -> dict[str, Path]:
    """Return every file of a checkpoint but the record, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() and path != folder / RECORD
    }


def _digests(folder: Path) -> dict[str, list[Any]]:
    return {name: [path.stat().st_size, _digest(path)] for name, path in _files(folder).items()}


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DamagedError(f"{path.name} cannot be read: {error.strerror}") from None


def _digest_of(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

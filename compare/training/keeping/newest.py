"""The newest checkpoint that is whole, and of this very run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from compare.training.keeping import folder, orbax_files, seal
from compare.training.keeping.arrays import Arrays
from compare.training.keeping.errors import CheckpointError, DamagedError
from compare.training.keeping.identity import Identity, differences

#: Differences that a message names; the rest it counts.
NAMED = 4

#: As long as the parts of an epoch make it: how often a run is saved may differ.
UNCUT = "run.losses"


class Resumed(NamedTuple):
    """What a run went on from.

    Attributes:
        path: The checkpoint.
        epoch: Epochs it had done.
        step: Steps of the next one.
        skipped: Newer ones that are damaged, by name, and how, a sentence each.
    """

    path: Path
    epoch: int
    step: int
    skipped: Mapping[str, str]


class Found(NamedTuple):
    """A checkpoint, read."""

    resumed: Resumed
    arrays: Arrays
    seconds: float


def newest(where: Path, identity: Identity, wanted: Mapping[str, Any]) -> Found | None:
    """Return the newest intact checkpoint of a run; None when there is none at all.

    Args:
        where: Folder of the checkpoints.
        identity: Of the run that wants to go on.
        wanted: Dtype and shape of each of its arrays, by name.

    Raises:
        CheckpointError: If all are damaged, or the newest intact one is of another run.
    """
    skipped: dict[str, str] = {}
    for path in folder.checkpoints(where):
        try:
            content = seal.verified(path)
            if folder.name_of(content["epoch"], content["step"]) != path.name:
                at = f"epoch {content['epoch']}, step {content['step']}"
                raise DamagedError(f"it is named otherwise than it was written: for {at}")
            _refuse_foreign(path, content, identity, wanted)
            table = _read(path, {**content["leaves"], **content["history"]})
        except DamagedError as error:
            skipped[path.name] = f"{path.name} is damaged and was skipped: {error}."
            continue
        resumed = Resumed(path, content["epoch"], content["step"], skipped)
        return Found(resumed, table, content["seconds"])
    if skipped:
        raise CheckpointError(
            f"no checkpoint in {where} can be resumed from. {' '.join(skipped.values())} "
            "To begin anew, give another folder."
        )
    return None


def _read(path: Path, shapes: Mapping[str, Any]) -> Arrays:
    try:
        return orbax_files.read(path / seal.ARRAYS, shapes)
    except Exception as error:  # Orbax and TensorStore raise kinds of their own
        reason = f"{type(error).__name__}: {error}"
        raise DamagedError(f"Orbax cannot read it: {' '.join(reason.split())[:200]}") from error


def _refuse_foreign(
    path: Path, content: Mapping[str, Any], identity: Identity, wanted: Mapping[str, Any]
) -> None:
    found = differences(content["identity"], identity) or differences(
        *({k: v for k, v in leaves.items() if k != UNCUT} for leaves in (content["leaves"], wanted))
    )
    if found:
        more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise CheckpointError(
            f"{path} is of another run: {'; '.join(found[:NAMED])}{more}. "
            "Ask for the same, or give another folder."
        )

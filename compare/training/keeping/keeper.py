"""Keeps a run: looks between two calls whether it is time to save, and saves."""

import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import jax

from compare.training import together
from compare.training.drive import Standing
from compare.training.engine import Run
from compare.training.history import History
from compare.training.keeping import arrays, folder, orbax_files, seal
from compare.training.keeping.errors import CheckpointError
from compare.training.keeping.every import Every
from compare.training.keeping.identity import identity
from compare.training.keeping.lock import held
from compare.training.keeping.newest import Found, Resumed, newest
from compare.training.setup import Setup
from functional_nn import RandomKey


class Begun(NamedTuple):
    """What a run begins with, or goes on from.

    Attributes:
        run: Where it stands.
        key: Draws the batches.
        before: History and seconds of earlier sessions; None when there were none.
        resumed: The checkpoint; None when it begins anew.
    """

    run: Run
    key: RandomKey
    before: tuple[History, float] | None
    resumed: Resumed | None

    @property
    def history(self) -> History | None:
        """What earlier sessions wrote down."""
        return self.before and self.before[0]


class Keeper:
    """Saves a run into a folder, every so often and at its end.

    Of several processes the first writes, into a folder that all of them can read.
    """

    def __init__(
        self,
        where: Path,
        setup: Setup,
        every: Every,
        keep: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the folder ready.

        Raises:
            SaveError: If nothing can be written there.
        """
        together.first_then_others(lambda: folder.ready(where))
        self._where, self._every, self._keep, self._clock = where, every, keep, clock
        # as they come back from the record
        self._identity = json.loads(json.dumps(identity(setup)))
        self._steps = setup.steps
        self._saved_at, self._saved_steps = clock(), 0
        self._key: RandomKey = jax.random.key(setup.seed)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Keep other runs from writing there, where the file system has locks.

        Raises:
            SaveError: If another run does.
        """
        with ExitStack() as opened:
            with together.failing_together():
                if together.is_first():
                    opened.enter_context(held(self._where))
            yield

    def begin(self, run: Run, key: RandomKey, *, resume: bool, epochs: int) -> Begun:
        """Return a fresh run as it is, or in its place the one that the newest checkpoint holds.

        Raises:
            CheckpointError: If there is one and ``resume`` is not asked for, or it is of another
                run or further on than this one shall go, or all are damaged.
        """
        self._key = key
        wanted = arrays.shapes(arrays.of_run(run, key))
        found = together.first_then_others(lambda: self._newest(wanted, resume, epochs))
        seen = together.texts("none" if found is None else found.resumed.path.name)
        if len(set(seen)) > 1:
            raise CheckpointError(
                f"the processes find different checkpoints in {self._where}: {', '.join(seen)}. "
                "Give a folder that all of them share."
            )
        if found is None:
            return Begun(run, key, None, None)
        for sentence in found.resumed.skipped.values():
            warnings.warn(sentence, stacklevel=4)
        run, self._key, history = arrays.restored(found.arrays, run, key)
        self._saved_steps = self._steps_done(found.resumed.epoch, found.resumed.step)
        return Begun(run, self._key, (history, found.seconds), found.resumed)

    def _newest(self, wanted: Mapping[str, Any], resume: bool, epochs: int) -> Found | None:
        """Return the checkpoint to go on from, and move damaged ones out of its way."""
        there = folder.checkpoints(self._where)
        if there and not resume:
            raise CheckpointError(
                f"{self._where} holds {there[0].name} already; resume=True goes on from it, "
                "another folder begins anew."
            )
        found = newest(self._where, self._identity, wanted)
        if found is None:
            return None
        if found.resumed.epoch > epochs:
            raise CheckpointError(
                f"{found.resumed.path} has {found.resumed.epoch} epochs done; "
                f"epochs is {epochs}. Ask for as many or more."
            )
        for name in found.resumed.skipped:
            folder.set_aside(self._where / name)
        return found

    def next_epoch(self, epoch: int) -> int | None:
        """Return the next epoch whose end is saved; None when epochs are not what is counted."""
        count = int(self._every.number)
        return (epoch // count + 1) * count if self._every.unit == "epochs" else None

    def look(self, standing: Standing) -> bool:
        """Save, if it is time."""
        if standing.run.finite and self._due(standing):
            self.save(standing)
        return True

    def save(self, standing: Standing) -> Path | None:
        """Save, unless nothing has happened since the last time.

        Raises:
            SaveError: If it cannot be written; the earlier ones are as they were.
        """
        run, steps = standing.run, self._steps_done(standing.epoch, int(standing.run.step))
        if steps == self._saved_steps:
            return None
        of_run, of_history = arrays.of_run(run, self._key), arrays.of_history(standing.history)
        content = {
            "epoch": standing.epoch,
            "step": int(run.step),
            "seconds": standing.seconds,
            "identity": self._identity,
            "leaves": arrays.shapes(of_run),
            "history": arrays.shapes(of_history),
        }

        def fill(unfinished: Path) -> None:
            orbax_files.write(unfinished / seal.ARRAYS, {**of_run, **of_history})
            seal.write(unfinished, content)

        size = sum(array.nbytes for array in (*of_run.values(), *of_history.values()))
        name = folder.name_of(standing.epoch, int(run.step))
        with together.failing_together():
            if together.is_first():
                folder.add(self._where, name, size, fill)
                folder.prune(self._where, self._keep)
        self._saved_at, self._saved_steps = self._clock(), steps
        return self._where / name

    def _due(self, standing: Standing) -> bool:
        since = self._steps_done(standing.epoch, int(standing.run.step)) - self._saved_steps
        if self._every.unit == "epochs":
            return int(standing.run.step) == 0 and standing.epoch % int(self._every.number) == 0
        if self._every.unit == "steps":
            return since >= self._every.number
        since_saved = together.longest(self._clock() - self._saved_at)
        return since_saved >= self._every.number

    def _steps_done(self, epoch: int, step: int) -> int:
        return epoch * self._steps + step

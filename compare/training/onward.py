"""What runs a run on: on rows that are all on the device, or chunk after chunk."""

from contextlib import ExitStack

from compare.training.data import Data, Rows
from compare.training.drive import Forward, on_device
from compare.training.engine import Run, compiled
from compare.training.epoch import Seen
from compare.training.recut import EpochFirst, meeting, with_room
from compare.training.setup import Setup
from compare.training.step import Plan
from compare.training.streaming.forward import Streamed
from functional_nn import RandomKey


class Onward:
    """Runs on, from wherever a run stands.

    Attributes:
        run: Where it stands, with room for the losses of the epoch under way.
    """

    def __init__(
        self, setup: Setup, rows: Data, run: Run, key: RandomKey, opened: ExitStack
    ) -> None:
        """Make what runs on; what it opens is closed with ``opened``."""
        self._setup, self._rows, self._key, self._opened = setup, rows, key, opened
        self._streams: list[Streamed] = []
        plan, steps = setup.plan, setup.steps
        first = meeting(plan, run, steps)
        self.run = with_room(first, run, steps)
        self._forward = self._by(plan)
        if first is not plan:
            self._forward = EpochFirst(self._by(first), self._forward, run, plan, steps)

    def __call__(self, run: Run, beat: int, last: int) -> Run:
        """Return the run about so many parts further on; ``Forward`` says more."""
        return self._forward(run, beat, last)

    @property
    def last_chunk(self) -> Rows | None:
        """The batches that ran last; None if all rows are on the device, or none has run."""
        ran = [stream.last[1] for stream in self._streams if stream.last]
        return ran[0] if ran else None

    def _by(self, plan: Plan) -> Forward:
        if self._setup.stream is None:
            return on_device(plan, compiled(plan), self._rows, self._key)
        seen = Seen(self._rows.train, self._rows.validation)
        stream, steps = self._setup.stream, self._setup.steps
        streamed = Streamed(plan, stream, steps, seen, self._key, self._setup.dtype)
        self._opened.callback(streamed.close)
        self._streams.append(streamed)
        return streamed

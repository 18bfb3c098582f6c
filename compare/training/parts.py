"""An epoch in parts: how many steps run before anyone may look, save or stop.

A short epoch is one part. A long one is cut, so that Ctrl-C is heard and a checkpoint can be taken
in the middle of it. Where a run is paused changes nothing in what it computes: the parts of an
epoch are the same in every run.
"""

from typing import NamedTuple

from functional_nn import MLP

#: Arithmetic of a part, in multiplications and additions: some seconds on two CPU cores.
WORK = 3e11


class Parts(NamedTuple):
    """How an epoch is cut.

    Attributes:
        number: Parts of an epoch.
        size: Steps of each part but the last.
        last: Steps of the last one.
    """

    number: int
    size: int
    last: int

    @property
    def room(self) -> int:
        """Losses kept of the epoch under way; none where one part is all of it."""
        return self.number * self.size if self.number > 1 else 0


def cut(steps: int, most: int) -> Parts:
    """Return as few parts of as equal size as there can be with so many steps at most."""
    count = -(-steps // min(steps, most))
    size = -(-steps // count)
    count = -(-steps // size)
    return Parts(count, size, steps - (count - 1) * size)


def steps_at_once(mlp: MLP, batch_size: int) -> int:
    """Return how many steps a part should have at most: forward once, backward twice."""
    weights = sum(a * b for a, b in zip(mlp.sizes[:-1], mlp.sizes[1:], strict=True))
    return max(1, round(WORK / (6 * batch_size * weights)))

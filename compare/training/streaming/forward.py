"""A run on a stream: chunk after chunk through one compiled part of an epoch.

A chunk is an array [steps, batch, ...] of inputs and one of targets; on a mesh each device has its
rows of every batch and no others.
"""

import itertools
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding
from jaxtyping import Array, Bool, Int

from compare.training.compiling import jitted
from compare.training.data import Rows, check_range
from compare.training.engine import Run, after_steps
from compare.training.epoch import Seen, steps_over
from compare.training.layout import of_chunk
from compare.training.placement import put
from compare.training.shuffle import batches, epoch_key
from compare.training.step import Plan, make_step
from compare.training.streaming.ahead import Ahead
from compare.training.streaming.stream import Stream
from functional_nn import RandomKey
from functional_nn.datasets import Dataset


class Chunk(NamedTuple):
    """Some batches of an epoch, one after the other, on the host."""

    epoch: int
    step: int
    x: np.ndarray
    y: np.ndarray
    ends: bool


@lru_cache(maxsize=16)
def compiled_part(plan: Plan, steps: int) -> Any:
    """Return ``program(run, chunk, ends, seen)``; it compiles once for each size of a chunk."""
    parts = plan.parts(steps)

    def program(run: Run, chunk: Rows, ends: Bool[Array, ""], seen: Seen) -> Run:
        walked = steps_over(make_step(plan), run.state, lambda batch: batch, chunk, ends)
        if parts.number > 1:
            rest = parts.size - len(walked.losses)
            walked = walked._replace(losses=jnp.pad(walked.losses, (0, rest)))
        return after_steps(plan, run, walked, seen)

    return jitted(program, donate_argnums=0)


class Streamed:
    """Runs on, chunk after chunk; the next one is read and sent while the device computes."""

    def __init__(
        self,
        plan: Plan,
        stream: Stream,
        steps: int,
        seen: Seen,
        key: RandomKey,
        dtype: np.dtype[Any],
    ) -> None:
        self._plan, self._stream, self._seen, self._key = plan, stream, seen, key
        self._steps, self._parts, self._dtype = steps, plan.parts(steps), dtype
        self._programs: dict[int, Any] = {}
        self._ahead: Ahead[Chunk] | None = None
        self._next: tuple[Chunk, Rows] | None = None
        self.last: tuple[Chunk, Rows] | None = None

    def __call__(self, run: Run, beat: int, last: int) -> Run:
        """Return the run about so many parts further on; ``Forward`` says more."""
        if not self._programs:
            self._compile(run)
        for _ in range(beat):
            self.last = chunk, rows = self._taken(int(run.epoch), int(run.step))
            run = self._programs[len(rows.x)](run, rows, jnp.bool_(chunk.ends), self._seen)
            after = chunk.epoch + chunk.ends
            # the device is at work; whether all stays finite is asked when it is done
            self._next = self._sent() if after < last else None
            jax.block_until_ready(run)
            if after >= last or not (run.finite and run.patient):
                break
        return run

    def _compile(self, run: Run) -> None:
        """Compile for each size of a chunk, before there is one."""
        program, probe = compiled_part(self._plan, self._steps), self._seen.probe
        for steps in {self._parts.size, self._parts.last}:
            chunk = jax.tree.map(partial(self._struct, steps), probe)
            lowered = program.lower(run, chunk, jnp.bool_(False), self._seen)
            self._programs[steps] = lowered.compile()

    def _struct(self, steps: int, rows: jax.Array) -> jax.ShapeDtypeStruct:
        """Return what so many batches of such rows look like."""
        shape, mesh = (steps, self._plan.batch_size, *rows.shape[1:]), self._plan.mesh
        lies = None if mesh is None else NamedSharding(mesh, of_chunk(len(shape)))
        return jax.ShapeDtypeStruct(shape, rows.dtype, sharding=lies)

    def close(self) -> None:
        """Stop reading."""
        if self._ahead:
            self._ahead.close()
        self._ahead = self._next = None

    def _taken(self, epoch: int, step: int) -> tuple[Chunk, Rows]:
        """Return the chunk of this place, on the device."""
        if self._ahead is None:
            self._ahead = Ahead(self._chunks(epoch, step))
        found = self._next or self._sent()
        assert (found[0].epoch, found[0].step) == (epoch, step), "chunks come in order"
        return found

    def _sent(self) -> tuple[Chunk, Rows]:
        assert self._ahead is not None
        chunk = self._ahead.take()
        return chunk, Rows(*(self._on_device(table) for table in (chunk.x, chunk.y)))

    def _on_device(self, table: np.ndarray) -> jax.Array:
        mesh = self._plan.mesh
        return jnp.asarray(table) if mesh is None else put(mesh, table, of_chunk(table.ndim))

    def _picks(self, epoch: int) -> Int[np.ndarray, "steps batch"]:
        rows = self._stream.total_rows
        drawn = batches(epoch_key(self._key, jnp.int32(epoch)), rows, self._plan.batch_size)
        return np.asarray(drawn)

    def _chunks(self, epoch: int, step: int) -> Iterator[Chunk]:
        """Yield chunk after chunk, epoch after epoch, from a place on."""
        source, size = self._stream.source, self._plan.batch_size
        for number in itertools.count(epoch):
            found = source.batches(self._picks, number, step, size)
            while step < self._steps:
                count = min(self._parts.size, self._steps - step)
                some = [self._cast(batch) for batch in itertools.islice(found, count)]
                if len(some) < count:
                    next(found)  # tells what is missing
                x, y = (np.stack(column) for column in zip(*some, strict=True))
                yield Chunk(number, step, x, y, step + count == self._steps)
                step += count
            step = 0

    def _cast(self, batch: Dataset) -> tuple[np.ndarray, np.ndarray]:
        check_range(batch, self._dtype)
        y = batch.y if batch.y.dtype.kind == "i" else batch.y.astype(self._dtype)
        return batch.x.astype(self._dtype), y


def batches_of(chunk: Rows) -> Iterator[Rows]:
    """Yield the batches of a chunk."""
    yield from map(Rows, *chunk)

"""An epoch that was begun in parts of another size than this run cuts its own in.

How often a run is saved, in steps, decides how its epochs are cut; so a checkpoint in the middle of
an epoch, gone on from with another ``save_every``, may lie where no part of this run begins. That
epoch is then finished in parts that meet the place, and the next ones are cut as they would be.
"""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from compare.training.drive import Forward
from compare.training.engine import Run
from compare.training.step import Plan


def meeting(plan: Plan, run: Run, steps: int) -> Plan:
    """Return the plan that an epoch of so many steps is finished by, from where the run stands.

    It is ``plan`` itself wherever one of its own parts begins there.
    """
    step = int(run.step)
    if step % plan.parts(steps).size == 0:
        return plan
    smaller = (replace(plan, part=size) for size in range(step, 0, -1))
    return next(found for found in smaller if step % found.parts(steps).size == 0)


def with_room(plan: Plan, run: Run, steps: int) -> Run:
    """Return the run with as much room for the losses of an epoch as the plan's parts take."""
    room, done = plan.parts(steps).room, int(run.step)
    if room == len(run.losses):
        return run
    losses = np.zeros(room, run.losses.dtype)
    losses[:done] = np.asarray(run.losses[:done])
    return run._replace(losses=jax.device_put(jnp.asarray(losses), run.losses.sharding))


class EpochFirst:
    """Finishes the epoch under way by one plan, and goes on by another."""

    def __init__(self, first: Forward, then: Forward, run: Run, plan: Plan, steps: int) -> None:
        """Say what by, from which place on, and which plan ``then`` is made for."""
        self._first, self._then, self._epoch = first, then, int(run.epoch)
        self._plan, self._steps = plan, steps

    def __call__(self, run: Run, beat: int, last: int) -> Run:
        """Return the run about so many parts further on; ``Forward`` says more."""
        if int(run.epoch) > self._epoch:
            return self._then(run, beat, last)
        run = self._first(run, beat, min(last, self._epoch + 1))
        return with_room(self._plan, run, self._steps) if int(run.epoch) > self._epoch else run

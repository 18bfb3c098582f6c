"""The devices of ``handgrad train``: simulated ones, a mesh, and the processes of a launcher."""

from dataclasses import replace
from typing import TYPE_CHECKING

from compare.cli.misuse import MisuseError, blaming_input
from compare.cli.settings import Settings

if TYPE_CHECKING:
    from functional_nn.datasets import Splits


def make_ready(settings: Settings) -> None:
    """Have the devices asked for, before JAX looks which there are.

    Raises:
        MisuseError: If they cannot be had.
    """
    import jax

    from compare.training.processes import join

    if settings.devices < 0:
        raise MisuseError(f"--devices is {settings.devices}; wanted 1 or more")
    if settings.devices:
        jax.config.update("jax_platforms", "cpu")
        jax.config.update("jax_num_cpu_devices", settings.devices)
    if settings.distributed:
        with blaming_input():
            join()


def mesh_asked(settings: Settings) -> str | None:
    """Return the mesh to run on: by default all devices asked for share the rows."""
    import jax

    if settings.mesh:
        return settings.mesh
    return f"data={jax.device_count()}" if settings.devices > 1 or settings.distributed else None


def own_share(data: "Splits", mesh: str | None) -> "Splits":
    """Return the data with this process's share of the rows to learn from."""
    import jax

    from compare.training.layout import mesh_of, shares

    count, index = shares(mesh_of(mesh)), jax.process_index()
    if count == 1:
        return data
    share = len(data.train) // count
    return replace(data, train=data.train.select(slice(index * share, (index + 1) * share)))

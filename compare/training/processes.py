"""Several processes, on one machine or many, as one run: ``jax.distributed``, told by whom it may.

JAX_COORDINATOR_ADDRESS  JAX_NUM_PROCESSES  JAX_PROCESS_ID    said outright
MASTER_ADDR:MASTER_PORT  WORLD_SIZE         RANK              launchers as PyTorch's
MASTER_ADDR, next port   WORLD_SIZE         RANK              torchrun, which listens itself there
Slurm, Open MPI, Kubernetes, Cloud TPU                        found out by JAX itself
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

import jax

LAST_PORT = 65535

#: JAX's own detection raises whatever its launcher's module does.
_FAILURES = (ValueError, RuntimeError, KeyError, OSError)


class Place(NamedTuple):
    """Which of how many processes this one is.

    Attributes:
        coordinator: Address of the first, host and port.
        processes: How many there are.
        process: Which this is, from 0.
    """

    coordinator: str
    processes: int
    process: int


def join(environment: Mapping[str, str] = os.environ) -> None:
    """Join the other processes; call it before anything else asks JAX for a device.

    Raises:
        ValueError: If no launcher has said how many there are, or what it said is no number.
        ConnectionError: If the others do not answer.
    """
    place = _place(environment)
    try:
        if place is None:
            jax.distributed.initialize()
        else:
            jax.distributed.initialize(*place)
    except _FAILURES as error:
        if place is None:
            raise ValueError(
                "no launcher has said which process this is; set JAX_COORDINATOR_ADDRESS "
                "(host:port), JAX_NUM_PROCESSES and JAX_PROCESS_ID in each, or start them with "
                "Slurm, Open MPI or torchrun."
            ) from error
        raise ConnectionError(
            f"process {place.process} of {place.processes} cannot reach {place.coordinator}: "
            f"{str(error).splitlines()[0]}"
        ) from error


def _place(environment: Mapping[str, str]) -> Place | None:
    """Return what the launcher's variables say; None when they say nothing."""
    coordinator = environment.get("JAX_COORDINATOR_ADDRESS") or _master(environment)
    if not coordinator:
        return None
    host, _, port = coordinator.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"the first process is at {coordinator!r}; wanted host:port.")
    processes = _number(environment, "JAX_NUM_PROCESSES", "WORLD_SIZE")
    process = _number(environment, "JAX_PROCESS_ID", "RANK")
    if not process < processes:
        raise ValueError(f"process {process} of {processes}; wanted 0..{processes - 1}.")
    return Place(coordinator, processes, process)


def _master(environment: Mapping[str, str]) -> str:
    """Return where PyTorch's launchers say that the first process is; "" if none does."""
    host, port = environment.get("MASTER_ADDR"), environment.get("MASTER_PORT")
    if not host or not port:
        return ""
    if environment.get("TORCHELASTIC_USE_AGENT_STORE") == "True" and port.isdigit():
        taken = int(port)  # by the launcher itself
        port = str(taken + 1 if taken < LAST_PORT else taken - 1)
    return f"{host}:{port}"


def _number(environment: Mapping[str, str], *names: str) -> int:
    for name in names:
        if name in environment:
            if not environment[name].isdigit():
                raise ValueError(f"{name} is {environment[name]!r}; wanted a whole number.")
            return int(environment[name])
    raise ValueError(f"an address is set and {names[0]} is not; set it in each process.")

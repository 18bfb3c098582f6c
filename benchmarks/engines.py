"""The engines by key, and how to make one ready: ours and the peers.

A module under ``benchmarks.peers`` has ``prepare(workload) -> train``; ``train(epochs)`` trains for
so many epochs, each freshly shuffled, waits until they are done, and returns the loss: of the last
batch, or the mean of the last epoch where the library tells only that, as ours and scikit-learn do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Literal, TypeAlias

from benchmarks.workloads import Workload

#: ``train(epochs)`` returns the loss.
Train: TypeAlias = Callable[[int], float]


@dataclass(frozen=True)
class Engine:
    """One way to train.

    Attributes:
        key: Its name on the command line and in the results.
        label: Its name in the table.
        distribution: What has to be installed for it.
        module: Where ``prepare`` is.
        gradient: Which of our two, for ours.
    """

    key: str
    label: str
    distribution: str
    module: str
    gradient: Literal["manual", "autodiff", ""] = ""

    @property
    def ours(self) -> bool:
        return bool(self.gradient)

    @property
    def version(self) -> str:
        """What is installed; "" if nothing is."""
        try:
            return version(self.distribution)
        except PackageNotFoundError:
            return ""

    def prepare(self, workload: Workload) -> Train:
        """Build network, optimizer and data, and return the function that trains."""
        prepare = import_module(self.module).prepare
        return (
            partial(prepare, gradient=self.gradient)(workload) if self.ours else prepare(workload)
        )


_ALL = (
    Engine("manual", "handgrad, manual", "jax", "benchmarks.ours", "manual"),
    Engine("autodiff", "handgrad, autodiff", "jax", "benchmarks.ours", "autodiff"),
    Engine("plain_jax", "JAX, jitted step", "jax", "benchmarks.peers.plain_jax"),
    Engine("equinox", "Equinox, low overhead", "equinox", "benchmarks.peers.equinox_mlp"),
    Engine("equinox_idiom", "Equinox, filter_jit", "equinox", "benchmarks.peers.equinox_idiom"),
    Engine("flax_nnx", "Flax NNX", "flax", "benchmarks.peers.flax_nnx"),
    Engine("torch_eager", "PyTorch, eager", "torch", "benchmarks.peers.torch_eager"),
    Engine("torch_compiled", "PyTorch, compiled", "torch", "benchmarks.peers.torch_compiled"),
    Engine("sklearn", "scikit-learn", "scikit-learn", "benchmarks.peers.sklearn_mlp"),
)

ENGINES: Mapping[str, Engine] = MappingProxyType({engine.key: engine for engine in _ALL})

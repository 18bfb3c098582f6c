"""What of each library is run so that its derivative rules are met, by library."""

from collections.abc import Callable, Iterator
from types import MappingProxyType

from benchmarks.libraries import jax_itself, networks, probability, solvers
from benchmarks.libraries.case import Case

#: Library -> its cases; nothing of it is imported before they are asked for.
LIBRARIES: MappingProxyType[str, Callable[[], Iterator[Case]]] = MappingProxyType(
    {
        "jax.nn": jax_itself.nn,
        "jax.scipy.special": jax_itself.special,
        "jax.numpy": jax_itself.numpy,
        "jax.numpy.linalg": jax_itself.linalg,
        "jax.experimental": jax_itself.experimental,
        "optax": networks.optax,
        "flax": networks.flax,
        "equinox": networks.equinox,
        "diffrax": solvers.diffrax,
        "lineax": solvers.lineax,
        "optimistix": solvers.optimistix,
        "jaxopt": solvers.jaxopt,
        "tensorflow_probability": probability.tensorflow_probability,
        "distrax": probability.distrax,
    }
)

__all__ = ["LIBRARIES", "Case"]

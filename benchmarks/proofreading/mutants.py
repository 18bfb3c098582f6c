"""All mutants that matter: those that run and change a gradient above rounding."""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.proofreading.faults import Fault, faults

#: Smaller changes than this, relative to the leaf, at every point are equivalent mutants.
FLOOR = 1e-7
PACKAGE = "benchmarks.proofreading.derivations"


@dataclass(frozen=True, eq=False)
class Mutant:
    """A derivation with a fault.

    Attributes:
        derivation: Name of the right derivation.
        fault: What was put in.
        module: The mutated module.
        wrong: Names of the nodes that come out wrong.
    """

    derivation: str
    fault: Fault
    module: ModuleType
    wrong: tuple[str, ...]

    @property
    def first_wrong(self) -> frozenset[str]:
        """The wrong nodes that are nearest the loss, going by the module's ``STEPS``."""
        for step in self.module.STEPS:
            found = {name for name in self.wrong if name.startswith(step)}
            if found:
                return frozenset(found)
        return frozenset(self.wrong)


def right(name: str) -> ModuleType:
    """Return a right derivation."""
    return importlib.import_module(f"{PACKAGE}.{name}")


def argnums(module: ModuleType) -> int | tuple[int, ...]:
    """Return what a derivation differentiates by."""
    return getattr(module, "ARGNUMS", 0)


def arguments(module: ModuleType, seed: int, dtype: str) -> list[Any]:
    """Draw a derivation's arguments."""

    def cast(leaf: Any) -> jax.Array:
        return jnp.asarray(leaf, dtype if np.asarray(leaf).dtype.kind == "f" else None)

    drawn = module.inputs(np.random.default_rng(seed))
    return [jax.tree.map(cast, argument) for argument in drawn]


def mutants(name: str, folder: Path) -> Iterator[Mutant]:
    """Yield the mutants of a derivation, written as modules into a folder."""
    module = right(name)
    assert module.__file__ is not None
    with jax.enable_x64(True):
        truths = [(args, _flat(module.gradient(*args), module)) for args in _points(module)]
        seen: set[bytes] = set()
        for fault in faults(Path(module.__file__).read_text()):
            mutated = load(fault.source, f"{name}_{len(seen)}", folder)
            outcome = _outcome(mutated, truths)
            if outcome is None:
                continue
            wrong, mark = outcome
            if wrong and (mark + fault.name.encode()) not in seen:
                seen.add(mark + fault.name.encode())
                yield Mutant(name, fault, mutated, wrong)


def load(source: str, name: str, folder: Path) -> ModuleType:
    """Return a module of this source; the file stays, so that its lines can be quoted."""
    mark = hashlib.sha256(source.encode()).hexdigest()[:10]
    path = folder / f"{name}_{mark}.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _points(module: ModuleType) -> list[list[Any]]:
    return [arguments(module, seed, "float64") for seed in (11, 12, 13)]


def _flat(result: Any, module: ModuleType) -> dict[str, np.ndarray]:
    """Return a gradient as arrays by node name, the way the report names them."""
    named: dict[str, Any] = {}
    if any("z3" in step for step in module.STEPS):
        result, named = result
    numbers = argnums(module)
    parts = result if isinstance(numbers, tuple) else (result,)
    names = module.gradient.__wrapped__ if hasattr(module.gradient, "__wrapped__") else module.gradient
    labels = names.__code__.co_varnames
    found: dict[str, np.ndarray] = {}
    for k, part in zip(numbers if isinstance(numbers, tuple) else (numbers,), parts, strict=True):
        for path, leaf in jax.tree_util.tree_leaves_with_path(part):
            found[labels[k] + jax.tree_util.keystr(path)] = np.asarray(leaf)
    return found | {name: np.asarray(leaf) for name, leaf in named.items()}


def _outcome(
    module: ModuleType, truths: Sequence[tuple[list[Any], dict[str, np.ndarray]]]
) -> tuple[tuple[str, ...], bytes] | None:
    """Return which nodes a mutant gets wrong, and a mark of its values; None if it fails."""
    wrong: set[str] = set()
    mark = b""
    for args, truth in truths:
        try:
            found = _flat(module.gradient(*args), module)
        except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, NameError):
            return None
        if found.keys() != truth.keys():
            return None
        for name, value in found.items():
            if value.shape != truth[name].shape or value.dtype.kind != "f" or not np.isfinite(value).all():
                return None
            scale = float(np.abs(truth[name]).max()) or 1.0
            if float(np.abs(value - truth[name]).max()) > FLOOR * scale:
                wrong.add(name)
        mark += b"".join(np.round(v, 9).tobytes() for v in found.values())
    return tuple(sorted(wrong)), hashlib.sha256(mark).digest()


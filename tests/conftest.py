"""Strict JAX, several devices, and shapes checked: set up before anything imports JAX."""

import functools
import itertools
import os
import platform
import sys
from pathlib import Path
from typing import Any

PACKAGES = ("functional_nn", "manual_backprop", "compare")

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ["XLA_FLAGS"] = (
    f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=4".strip()
)
os.environ["MPLBACKEND"] = "Agg"  # no window

_early = [name for name in PACKAGES if name in sys.modules]
if _early:
    raise RuntimeError(
        f"{', '.join(_early)} imported before tests/conftest.py, so shapes would go unchecked: "
        "let no pytest plugin import it while loading"
    )

# The benchmarks are no part of the package: they are found from the repository's root.
ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import hypothesis  # noqa: E402
import jax  # noqa: E402
import pytest  # noqa: E402
from jax._src.interpreters import mlir  # noqa: E402
from jaxtyping import install_import_hook  # noqa: E402

# `Float[Array, "batch n_in"]` in a signature is an assertion from here on.
# The rest of compare has no shapes in its signatures; what they have, mypy has checked.
_COMPARE = ("gallery", "mistakes", "training")
HOOKED = ("functional_nn", "manual_backprop", *(f"compare.{name}" for name in _COMPARE))
install_import_hook(HOOKED, "beartype.beartype")

jax.config.update("jax_numpy_rank_promotion", "raise")
jax.config.update("jax_numpy_dtype_promotion", "strict")

# Most of the time goes into compiling; what this machine compiled before is kept in .cache.
kept = Path(__file__).parents[1] / ".cache" / "jax" / (platform.node() or "here")
jax.config.update("jax_compilation_cache_dir", str(kept))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)

# JAX lowers every program in a new MLIR context, and making one costs more than lowering most of
# ours: a third of all tests' time. These share one, renewed before what it has seen grows large.
make_context, asked = mlir.make_ir_context, itertools.count()


@functools.lru_cache(maxsize=1)
def _context(_: int) -> Any:
    return make_context()


mlir.make_ir_context = lambda: _context(next(asked) // 200)

# The first example compiles, so time says nothing; the same examples in every run.
hypothesis.settings.register_profile("handgrad", deadline=None, derandomize=True)
hypothesis.settings.load_profile("handgrad")

#: What takes long and depends little on the version of Python: `-m "not slow"` leaves it out.
SLOW = (
    *("benchmarks", "compare/cli", "compare/gallery", "compare/lectures", "compare/training"),
    *("manual_backprop/graph", "manual_backprop/test_scanned.py", "test_examples.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow folders; give one process what shares computations: a file, or a folder."""
    here = Path(__file__).parent
    folders = tuple(str(here / folder) for folder in SLOW)
    together = (here / "compare" / "gallery", here / "compare" / "training")
    for item in items:
        if str(item.path).startswith(folders):
            item.add_marker(pytest.mark.slow)
        shared = next((folder for folder in together if folder in item.path.parents), item.path)
        item.add_marker(pytest.mark.xdist_group(shared.relative_to(here).as_posix()))

"""Arguments drawn from shapes on the command line: ``f32[4,3]``, ``i32[4]``, ``bool[]``."""

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from compare.cli.misuse import MisuseError

_SHAPE = re.compile(r"(?P<dtype>\w+)\[(?P<lengths>[\d,\s]*)\]")
_SHORT = MappingProxyType(
    {"bf16": "bfloat16", "f16": "float16", "f32": "float32", "f64": "float64"}
    | {
        f"{c}{bits}": f"{name}{bits}"
        for c, name in (("i", "int"), ("u", "uint"))
        for bits in (8, 16, 32)
    }
    | {"bool": "bool"}
)
#: More numbers than this are a slip of the pen.
MOST = 10**8


def drawn(shapes: Sequence[str], seed: int) -> tuple[Any, ...]:
    """Return one array for each shape: floats from a normal distribution, integers 0 or 1.

    Raises:
        MisuseError: If one of them is no shape; all are read before the first is drawn.
    """
    import jax

    read = [_read(shape) for shape in shapes]
    keys = jax.random.split(jax.random.key(seed), max(len(read), 1))
    return tuple(_array(*one, key) for one, key in zip(read, keys, strict=False))


def _read(shape: str) -> tuple[str, tuple[int, ...]]:
    known = ", ".join(_SHORT)
    found = _SHAPE.fullmatch(shape.strip())
    if found is None:
        raise MisuseError(
            f"--shape {shape!r} is no shape; wanted dtype and lengths, as in f32[4,3], or f32[] "
            f"for a scalar; dtypes: {known}"
        )
    dtype = _SHORT.get(found["dtype"], found["dtype"])
    if dtype not in _SHORT.values():
        raise MisuseError(f"--shape {shape!r}: unknown dtype {found['dtype']!r}; known: {known}")
    parts = (
        [part.strip() for part in found["lengths"].split(",")] if found["lengths"].strip() else []
    )
    if not all(parts):
        raise MisuseError(f"--shape {shape!r}: a length is missing between the commas")
    lengths = tuple(map(int, parts))
    size = 1
    for length in lengths:
        size *= length
    if size > MOST:
        raise MisuseError(f"--shape {shape!r} has {size} numbers; an audit needs a few")
    return dtype, lengths


def _array(dtype: str, lengths: tuple[int, ...], key: Any) -> Any:
    import jax

    if "float" in dtype:
        # where JAX has float64 switched off it comes as float32; an audit computes in float64
        return jax.random.normal(key, lengths, jax.dtypes.canonicalize_dtype(dtype))
    if dtype == "bool":
        return jax.random.bernoulli(key, shape=lengths)
    return jax.random.randint(key, lengths, 0, 2).astype(dtype)

"""Parameters as files for use elsewhere: safetensors and npz, in this house's layout or PyTorch's.

    layout    names                                   weight of a layer   the layer computes
    house     layer1.weight, layer1.bias, layer2...   [n_in, n_out]       z = u W + b
    torch     0.weight, 0.bias, 1.weight, ...         [n_out, n_in]       z = u Wᵀ + b

In PyTorch, ``torch.nn.ModuleList(torch.nn.Linear(a, b) for ...)`` takes the second by
``load_state_dict``; a ``Sequential`` counts activations too: rename the keys.
"""

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from safetensors import SafetensorError

from compare.training import checks
from compare.training.keeping.errors import SaveError
from compare.training.parameters import fitting
from functional_nn import MLP, Params
from functional_nn.names import lookup

Tables = dict[str, np.ndarray]


class Layout(NamedTuple):
    """How a layer's parameters are called and turned.

    Attributes:
        name: Of layer 1, 2, ...
        turned: Whether weights are [n_out, n_in].
    """

    name: Callable[[int], str]
    turned: bool


layouts: Mapping[str, Layout] = MappingProxyType(
    {
        "house": Layout(lambda number: f"layer{number}", turned=False),
        "torch": Layout(lambda number: f"{number - 1}", turned=True),
    }
)


class ParametersFileError(ValueError):
    """A file that holds no parameters of this network; the message says what is wrong."""


def export_params(params: Params, path: str | PathLike[str], *, layout: str = "house") -> Path:
    """Write parameters to a ``.safetensors`` or ``.npz`` file.

    Args:
        params: One ``Dense`` a layer.
        path: The file; its ending decides the format. An npz has no 16-bit floats: they are
            written as float32.
        layout: "house" or "torch".

    Raises:
        ValueError: If the ending or the layout is unknown.
        SaveError: An OSError, if it cannot be written; a file of that name stays as it was. The
            folder it is in must be there.
    """
    path, chosen = Path(path), lookup("layout", layout, layouts)
    write, _ = _format(path)
    beside = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        write(beside, _tables(params, chosen))
        beside.replace(path)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SaveError(f"the parameters cannot be written to {path}: {reason}.") from error
    finally:
        beside.unlink(missing_ok=True)
    return path


def import_params(mlp: MLP, path: str | PathLike[str], *, layout: str = "house") -> Params:
    """Return the parameters of a network from a ``.safetensors`` or ``.npz`` file.

    Args:
        mlp: The network; names, shapes and numbers must fit it.
        path: The file.
        layout: "house" or "torch".

    Raises:
        ParametersFileError: If the file is missing, damaged, or of another network.
        ValueError: If the ending or the layout is unknown.
    """
    path, chosen = Path(path), lookup("layout", layout, layouts)
    _, read = _format(path)
    tables = _told(path, read)
    wanted = [
        f"{chosen.name(number)}.{part}"
        for number in range(1, mlp.depth + 1)
        for part in ("weight", "bias")
    ]
    for name in wanted:
        if name not in tables:
            raise ParametersFileError(
                f"{path} has no {name}; wanted {', '.join(wanted)}, it has "
                f"{', '.join(sorted(tables)) or 'nothing'}. Is it of the {layout} layout?"
            )
    unknown = sorted(set(tables) - set(wanted))
    if unknown:
        raise ParametersFileError(
            f"{path} has {unknown[0]}, which a network of sizes {list(mlp.sizes)} has not."
        )
    pairs = [
        (tables[weight].T if chosen.turned else tables[weight], tables[bias])
        for weight, bias in zip(wanted[::2], wanted[1::2], strict=True)
    ]
    try:
        dtype = jnp.dtype(checks.floating(pairs[0][0].dtype.name))
        return fitting(mlp, [tuple(pair) for pair in pairs], dtype)
    except ValueError as error:
        raise ParametersFileError(f"{path}: {error}") from None


def _tables(params: Params, layout: Layout) -> Tables:
    named = {}
    for number, layer in enumerate(params, start=1):
        weight = np.asarray(layer.weight)
        named[f"{layout.name(number)}.weight"] = np.ascontiguousarray(
            weight.T if layout.turned else weight
        )
        named[f"{layout.name(number)}.bias"] = np.asarray(layer.bias)
    return named


def _write_npz(path: Path, tables: Tables) -> None:
    wide = {k: v.astype(np.promote_types(v.dtype, np.float32)) for k, v in tables.items()}
    np.savez(path, allow_pickle=False, **wide)


def _write_safetensors(path: Path, tables: Tables) -> None:
    from safetensors.numpy import save_file

    save_file(tables, path)


def _read_npz(path: Path) -> Tables:
    found = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
    if isinstance(found, np.ndarray):
        raise ValueError("it is a single array, not an npz")
    with found as file:
        return {name: file[name] for name in file.files}


def _read_safetensors(path: Path) -> Tables:
    from safetensors.numpy import load_file

    path.open("rb").close()  # its own message names the file a second time
    return load_file(path)


FORMATS: Mapping[str, tuple[Callable[[Path, Tables], None], Callable[[Path], Tables]]] = (
    MappingProxyType(
        {
            ".npz": (_write_npz, _read_npz),
            ".safetensors": (_write_safetensors, _read_safetensors),
        }
    )
)


def _format(path: Path) -> Any:
    if path.suffix not in FORMATS:
        known = " or ".join(FORMATS)
        raise ValueError(f"{path} ends in {path.suffix or 'nothing'}; wanted {known}.")
    return FORMATS[path.suffix]


def _told(path: Path, read: Callable[[Path], Tables]) -> Tables:
    damaged = (
        SafetensorError, zipfile.BadZipFile, ValueError, KeyError, EOFError, TypeError,
        struct.error, json.JSONDecodeError,
    )  # fmt: skip
    try:
        return read(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ParametersFileError(f"{path} cannot be read: {reason}.") from None
    except damaged as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ParametersFileError(
            f"{path} is damaged, or no {path.suffix} file: {reason}. Write it again."
        ) from None

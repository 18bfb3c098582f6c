"""Parameters go out and come back; PyTorch's layout is PyTorch's; damaged files are told."""

from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np
import pytest

from compare.training import SaveError
from compare.training.interchange import ParametersFileError, export_params, import_params
from functional_nn import MLP

NET = MLP((5, 7, 3), activations="tanh")
ENDINGS = ["npz", "safetensors"]


@pytest.fixture(scope="module")
def params() -> tuple:
    return NET.init(jax.random.key(0))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("layout", ["house", "torch"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16"])
def test_there_and_back(ending: str, layout: str, dtype: str, tmp_path: Path) -> None:
    with jax.enable_x64(dtype == "float64"):
        params = NET.init(jax.random.key(0), dtype)
        path = export_params(params, tmp_path / f"p.{ending}", layout=layout)
        back = import_params(NET, path, layout=layout)
    pairs = zip(*map(jax.tree.leaves, (params, back)), strict=True)
    for ours, theirs in (map(np.asarray, pair) for pair in pairs):
        assert np.array_equal(ours.astype(theirs.dtype), theirs)
        assert ours.dtype == theirs.dtype or (ending == "npz" and ours.dtype.itemsize == 2)


@pytest.mark.parametrize("ending", ENDINGS)
def test_torchs_layout_is_torchs(ending: str, params: tuple, tmp_path: Path) -> None:
    """By numpy alone: a Linear computes x Wᵀ + b."""
    path = export_params(params, tmp_path / f"p.{ending}", layout="torch")
    if ending == "npz":
        tables = dict(np.load(path))
    else:
        from safetensors.numpy import load_file

        tables = load_file(path)
    assert {name: table.shape for name, table in tables.items()} == {
        "0.weight": (7, 5), "0.bias": (7,), "1.weight": (3, 7), "1.bias": (3,),
    }  # fmt: skip
    x = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)
    hidden = np.tanh(x @ tables["0.weight"].T + tables["0.bias"])
    outputs = hidden @ tables["1.weight"].T + tables["1.bias"]
    assert np.allclose(outputs, NET.apply(params, x), atol=1e-5)


def test_names_of_the_house(params: tuple, tmp_path: Path) -> None:
    tables = np.load(export_params(params, tmp_path / "p.npz"))
    assert sorted(tables) == ["layer1.bias", "layer1.weight", "layer2.bias", "layer2.weight"]
    assert tables["layer1.weight"].shape == (5, 7)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def flip_header(path: Path) -> None:
    path.write_bytes(b"\xff" * 8 + path.read_bytes()[8:])


DAMAGE = [
    pytest.param(cut, "is damaged, or no ", id="truncated"),
    pytest.param(flip_header, "is damaged, or no ", id="header"),
    pytest.param(lambda path: path.write_bytes(b""), "is damaged, or no ", id="empty"),
    pytest.param(lambda path: path.write_text("hello"), "is damaged, or no ", id="text"),
    pytest.param(Path.unlink, "cannot be read: No such file or directory.", id="missing"),
]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("damage", "said"), DAMAGE)
def test_damaged_files(
    ending: str, damage: Callable, said: str, params: tuple, tmp_path: Path
) -> None:
    path = export_params(params, tmp_path / f"p.{ending}")
    damage(path)
    with pytest.raises(ParametersFileError) as refused:
        import_params(NET, path)
    assert str(refused.value).startswith(f"{path} {said}")


def test_a_single_array_is_no_npz(tmp_path: Path, refuses: Callable) -> None:
    with (tmp_path / "p.npz").open("wb") as file:
        np.save(file, np.ones(3))
    said = (
        f"{tmp_path / 'p.npz'} is damaged, or no .npz file: it is a single array, not an npz. "
        "Write it again."
    )
    with refuses(ParametersFileError, said):
        import_params(NET, tmp_path / "p.npz")


def test_of_another_network(params: tuple, tmp_path: Path, refuses: Callable) -> None:
    path = export_params(params, tmp_path / "p.safetensors")
    with refuses(
        ParametersFileError, f"{path}: params[0].weight is float32 [5, 7]; wanted floats [5, 8]."
    ):
        import_params(MLP((5, 8, 3)), path)
    with refuses(
        ParametersFileError,
        f"{path} has layer2.bias, which a network of sizes [5, 7] has not.",
    ):
        import_params(MLP((5, 7)), path)
    with refuses(
        ParametersFileError,
        f"{path} has no 0.weight; wanted 0.weight, 0.bias, 1.weight, 1.bias, it has layer1.bias, "
        "layer1.weight, layer2.bias, layer2.weight. Is it of the torch layout?",
    ):
        import_params(NET, path, layout="torch")


def test_numbers_that_are_not_finite(params: tuple, tmp_path: Path, refuses: Callable) -> None:
    spoilt = (params[0]._replace(bias=params[0].bias.at[2].set(np.nan)), params[1])
    path = export_params(spoilt, tmp_path / "p.npz")
    said = f"{path}: params[0].bias is nan at [2]; wanted finite numbers."
    with refuses(ParametersFileError, said):
        import_params(NET, path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_cannot_be_written(ending: str, params: tuple, tmp_path: Path) -> None:
    gone = tmp_path / "no" / f"p.{ending}"
    with pytest.raises(SaveError) as refused:
        export_params(params, gone)
    said = str(refused.value)
    assert said.startswith(f"the parameters cannot be written to {gone}: ")
    assert "No such file or directory" in said


def test_a_full_disk_leaves_the_earlier_file(params: tuple, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = export_params(params, tmp_path / "p.npz")
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))
    try:
        with pytest.raises(SaveError, match=r"cannot be written to .*: File too large"):
            export_params(params, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["p.npz"]


def test_unknown_names(params: tuple, tmp_path: Path, refuses: Callable) -> None:
    with refuses(ValueError, f"{tmp_path}/p.pt ends in .pt; wanted .npz or .safetensors."):
        export_params(params, tmp_path / "p.pt")
    with refuses(ValueError, "unknown layout 'torhc'; did you mean 'torch'? known: house, torch"):
        export_params(params, tmp_path / "p.npz", layout="torhc")

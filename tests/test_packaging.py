"""What is installed is what is meant: three packages, one command, tested versions."""

import re
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest
from build import ProjectBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pyproject_hooks import quiet_subprocess_runner

ROOT = Path(__file__).parents[1]
PACKAGES = ("functional_nn", "manual_backprop", "compare")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = sorted((ROOT / "constraints").iterdir())
PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>\d+(\.\d+)*(\.post\d+)?)")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Build with the hatchling that is installed: no network, no isolation."""
    builder = ProjectBuilder(ROOT, runner=quiet_subprocess_runner)
    with zipfile.ZipFile(builder.build("wheel", tmp_path_factory.mktemp("wheel"))) as archive:
        yield archive


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    return wheel.read(f"handgrad-{PROJECT['version']}.dist-info/{name}").decode()


def test_wheel_holds_the_three_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    top = {name.partition("/")[0] for name in wheel.namelist()}
    assert top == {*PACKAGES, f"handgrad-{PROJECT['version']}.dist-info"}


def test_wheel_holds_every_module(wheel: zipfile.ZipFile) -> None:
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in wheel.namelist() if name.startswith(PACKAGES)} == sources


def test_wheel_is_typed(wheel: zipfile.ZipFile) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(wheel.namelist())


def test_command_is_handgrad(wheel: zipfile.ZipFile) -> None:
    assert "handgrad = compare.cli:main" in metadata(wheel, "entry_points.txt").splitlines()


def test_metadata_says_what_it_needs(wheel: zipfile.ZipFile) -> None:
    head = Parser().parsestr(metadata(wheel, "METADATA"))
    assert head["Name"] == "handgrad"
    assert head["Requires-Python"] == ">=3.11"
    assert head.get_all("Provides-Extra") == ["bench", "cuda13", "dev", "tensorboard", "tpu"]


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.stem)
class TestPins:
    def pins(self, path: Path) -> dict[str, str]:
        matches = [PIN.fullmatch(line) for line in path.read_text().splitlines()]
        return {canonicalize_name(found["name"]): found["version"] for found in matches if found}

    def test_are_plain_lines_each_package_once(self, path: Path) -> None:
        lines = path.read_text().splitlines()
        assert [line for line in lines if not PIN.fullmatch(line)] == []
        assert len(self.pins(path)) == len(lines)

    def test_fit_what_pyproject_asks_for(self, path: Path) -> None:
        pins = self.pins(path)
        extras = PROJECT["optional-dependencies"]
        wanted = map(Requirement, PROJECT["dependencies"] + extras["dev"] + extras["bench"])
        unfit = [
            str(need)
            for need in wanted
            if not need.specifier.contains(pins.get(canonicalize_name(need.name), "0"))
        ]
        assert unfit == []

    def test_jax_and_jaxlib_are_one_version(self, path: Path) -> None:
        pins = self.pins(path)
        assert pins["jax"] == pins["jaxlib"]


def test_tested_versions_are_for_both_ends() -> None:
    assert [path.name for path in PINS] == ["python3.11.txt", "python3.13.txt"]
    assert "jax==0.10.2" in PINS[0].read_text().splitlines()

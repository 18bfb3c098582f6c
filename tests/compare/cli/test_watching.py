"""``handgrad check --watch``: what is watched, and that a save is a new check."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compare.cli import watching
from compare.cli.app import app

ROOT = Path(__file__).parents[3]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "model.py"


def test_the_modules_of_the_folder_that_it_imports_are_watched(tmp_path: Path) -> None:
    model = write(
        tmp_path,
        {
            "model.py": "import jax, helper\nfrom layers.dense import forward\n",
            "helper.py": "def f():\n    import deep\n",
            "deep.py": "",
            "layers/__init__.py": "from . import norm\n",
            "layers/dense.py": "from .norm import g\n",
            "layers/norm.py": "from .. import elsewhere\n",
            "unused.py": "",
        },
    )
    names = {path.relative_to(tmp_path).as_posix() for path in watching.sources(model)}
    assert names == {
        *("model.py", "helper.py", "deep.py"),
        *("layers/__init__.py", "layers/dense.py", "layers/norm.py"),
    }


def test_half_written_files_are_watched_all_the_same(tmp_path: Path) -> None:
    model = write(tmp_path, {"model.py": "import helper\ndef f(:\n", "helper.py": ""})
    assert watching.sources(model) == {model}
    assert watching.stamps(tmp_path / "none.py") == {}


def test_a_save_is_seen(tmp_path: Path) -> None:
    model = write(tmp_path, {"model.py": "import helper\n", "helper.py": "x = 1\n"})
    before = watching.stamps(model)
    assert watching.stamps(model) == before
    (tmp_path / "helper.py").write_text("x = 22\n")
    assert watching.stamps(model) != before


def test_every_option_is_handed_on() -> None:
    given = watching.options("0,1", 3, full=True, sarif=Path("a.sarif"), github=True)
    assert given == ["--argnums", "0,1", "--seed", "3", "--all", "--sarif", "a.sarif", "--github"]
    assert watching.options("", 0, full=False, sarif=None, github=False) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["none.py"], "none.py: no such file; give a Python file: handgrad check FILE --watch"),
        (["none.py", "--json"], "--watch prints many reports, --json is one; leave one of them"),
    ],
)
def test_misuse(options: list[str], message: str) -> None:
    result = CliRunner().invoke(app, ["check", *options, "--watch"])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"handgrad: error: {message}")


WRONG = """\
import jax.numpy as jnp
from helper import factor

def loss(x):
    return jnp.sum(x**2)

def gradient(x):
    return factor * x

inputs = (jnp.array([1.0, 2.0]),)
"""


def wait_for(process: subprocess.Popen[str], wanted: str, lines: list[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if wanted in line:
            return
    raise AssertionError(f"it ended without {wanted!r}:\n{''.join(lines)}")


@pytest.mark.usefixtures("interruptible")
def test_it_checks_again_when_an_imported_module_is_saved_and_ends_with_ctrl_c(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"model.py": WRONG, "helper.py": "factor = 3\n"})
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "compare", "check", "model.py", "--watch"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    try:
        wait_for(process, "gradients differ in 1 of 1 node", lines)
        wait_for(process, "watching helper.py, model.py; Ctrl-C ends.", lines)
        (tmp_path / "helper.py").write_text("factor = 2.0\n")
        wait_for(process, "gradients agree in the one node", lines)
        wait_for(process, "Ctrl-C ends.", lines)
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert process.returncode == 0
    assert "Traceback" not in error

"""The command itself: help that teaches, versions, start-up, interruption, a real terminal."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compare.cli import train
from compare.cli.app import app
from functional_nn import activations, initializers, losses
from functional_nn.datasets.loading import datasets

ROOT = Path(__file__).parents[3]
HANDGRAD = [sys.executable, "-m", "compare"]


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*HANDGRAD, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        check=False,
    )


@pytest.mark.parametrize("command", [(), ("demo",), ("check",), ("train",)], ids=" ".join)
def test_help_teaches_by_example(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    if command != ("demo",):
        assert f"handgrad {' '.join(command)}".strip() in result.output.partition("Options:")[2]


@pytest.mark.parametrize(
    "table", [activations, losses, initializers, datasets], ids=["act", "loss", "init", "data"]
)
def test_help_names_everything_there_is(table: dict[str, object]) -> None:
    assert set(table) <= set(train.EPILOG.replace(",", "").split())


def test_help_needs_no_jax() -> None:
    code = (
        "import sys; from compare.cli.app import app; "
        "print([name for name in ('jax', 'numpy', 'matplotlib', 'rich') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "[]\n"


def test_version() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("handgrad ")
    assert f"Python {sys.version.split()[0]}" in done.stdout


def test_an_unknown_command_is_misuse() -> None:
    done = run("trian")
    assert done.returncode == 2
    assert "Did you mean 'train'" in done.stderr


def test_a_file_that_is_not_there_is_misuse(tmp_path: Path) -> None:
    done = run("check", "model.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "handgrad: error: model.py: no such file; give a Python file: handgrad check FILE[:NAME]\n"
    )


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_ends_without_a_traceback(tmp_path: Path) -> None:
    command = [*HANDGRAD, "train", "--epochs", "100000000", "--out", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    ) as running:
        assert running.stdout is not None
        assert "rows to train on" in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        try:
            _, said = running.communicate(timeout=60)
        finally:
            running.kill()
    assert running.returncode == 130
    assert "Traceback" not in said


def test_on_a_terminal_it_is_coloured(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(
        "import jax.numpy as jnp\n"
        "def loss(x): return jnp.sum(x**2)\n"
        "def gradient(x): return x\n"
        "inputs = (jnp.array([1.0, 2.0]),)\n"
    )
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "COLUMNS": "120",
    }
    environment.pop("NO_COLOR", None)
    done = subprocess.run(
        [*HANDGRAD, "check", str(file)],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
    )
    os.close(theirs)
    said = os.read(ours, 100_000).decode()
    assert done.returncode == 1, done.stderr
    assert "\x1b[" in said
    assert "differ in 1 of 1 node" in said

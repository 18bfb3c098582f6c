"""``handgrad bench``: steps per second beside other engines, where the repository is at hand."""

import os
import subprocess
import sys
from pathlib import Path

import typer

from compare.cli.misuse import MisuseError, exits

EPILOG = """\b
Examples:
  handgrad bench                          all engines on all networks, about ten minutes
  handgrad bench --quick                  a glance
  handgrad bench --engines manual autodiff torch_eager
  handgrad bench --workloads 64-32-10 --out mine.json

In a clone, `make bench` does the same and installs the other engines first.
"""

ROOT = Path(__file__).parents[2]


def bench(options: typer.Context) -> None:
    """Measure training beside other engines."""
    with exits():
        raise typer.Exit(_run(options.args, ROOT))


def _run(arguments: list[str], root: Path) -> int:
    """Run the benchmark of a clone in a process of its own; return its exit code."""
    if not (root / "benchmarks" / "__main__.py").is_file():
        raise MisuseError(
            "the benchmarks are in handgrad's repository, not in what pip installed; "
            "clone it and run `make bench` there"
        )
    path = os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False).returncode

"""Kill (-9) a training process at random moments, resume it each time, compare the end bit by bit.

    python -m benchmarks.kills                fifty kills; writes benchmarks/results/kills.json
    python -m benchmarks.kills --kills 3 --epochs 2000 --out FILE

A run that is never killed sets the mark: SHA-256 of parameters, optimizer state and history.
"""

import argparse
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import machine, results

KEPT = results.KEPT.with_name("kills.json")
ROOT = Path(__file__).parents[1]
LONGEST = 4.0  # seconds from the start of training to a kill, at most
SEED = 5  # of the moments
FIRST = "training"


def child(folder: Path, epochs: int) -> None:
    """Train, from the newest checkpoint if there is one; print the digest of all it reached."""
    import jax
    import numpy as np
    import optax

    from compare.training import train
    from functional_nn import MLP
    from functional_nn.datasets import load

    print(FIRST, flush=True)
    result = train(
        MLP((64, 32, 10)), optax.adam(1e-3), load("digits"), epochs=epochs, checkpoint=folder,
        save_every="0.3 s", resume=True,
    )  # fmt: skip
    found = hashlib.sha256()
    for leaf in jax.tree.leaves((result.params, result.opt_state, vars(result.history))):
        found.update(np.ascontiguousarray(leaf).tobytes())
    print(found.hexdigest(), flush=True)


def started(folder: Path, epochs: int) -> subprocess.Popen:
    """Start one, and return when its training begins."""
    command = [sys.executable, "-m", "benchmarks.kills", "--child", str(folder)]
    cache = {"JAX_COMPILATION_CACHE_DIR": str(folder.parent / "compiled")}
    every = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, "--epochs", str(epochs)], cwd=ROOT, env={**os.environ, **cache, **every},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    if process.stdout.readline().strip() != FIRST:
        raise RuntimeError(f"it did not begin:\n{process.communicate()[1]}")
    return process


def finished(process: subprocess.Popen) -> str:
    """Return the digest of what a run reached."""
    said, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"exit code {process.returncode}:\n{errors}")
    return said.strip()


def newest(folder: Path) -> int:
    """Return how many epochs the newest checkpoint has done."""
    names = [re.match(r"epoch-(\d+)", path.name) for path in folder.glob("epoch-*")]
    return max((int(name[1]) for name in names if name), default=0)


def study(kills: int, epochs: int, moments: random.Random) -> dict[str, Any]:
    """Kill a run so many times, and compare."""
    with tempfile.TemporaryDirectory() as place:
        begun = time.perf_counter()
        wanted = finished(started(Path(place) / "whole", epochs))
        folder, killed = Path(place) / "killed", []
        while len(killed) < kills:
            process, moment = started(folder, epochs), moments.uniform(0, LONGEST)
            try:
                process.communicate(timeout=moment)
                break  # it was done before its time
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
            left = list(folder.glob(".unfinished*"))
            killed.append({"seconds": moment, "epochs": newest(folder), "while saving": bool(left)})
        found = finished(started(folder, epochs))
        return {
            "kills": killed,
            "while saving": sum(kill["while saving"] for kill in killed),
            "epochs": epochs,
            "identical": found == wanted,
            "digest": {"uninterrupted": wanted, "killed": found},
            "seconds": time.perf_counter() - begun,
            "machine": machine.describe(),
        }


def main(argv: Sequence[str] | None = None) -> int:
    """Kill, resume, compare, write."""
    parser = argparse.ArgumentParser("python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, metavar="N")
    parser.add_argument("--epochs", type=int, default=100_000, metavar="N", help="of the run")
    parser.add_argument("--out", type=results.file, default=KEPT, metavar="FILE")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    if asked.child:
        child(asked.child, asked.epochs)
        return 0
    found = study(asked.kills, asked.epochs, random.Random(SEED))
    results.write(found, asked.out)
    print(
        f"{len(found['kills'])} kills, {found['while saving']} of them while saving; the end is "
        f"{'identical' if found['identical'] else 'NOT identical'} to the uninterrupted run"
    )
    return int(not found["identical"])


if __name__ == "__main__":
    sys.exit(main())

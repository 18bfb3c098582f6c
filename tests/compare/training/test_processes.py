"""Two real processes over loopback: the trajectory of one."""

import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from compare.training.processes import Place, _place

ROOT = Path(__file__).parents[3]

SCRIPT = """
import sys
import jax
jax.config.update("jax_num_cpu_devices", 2)
from compare.training.processes import join
if len(sys.argv) > 2:
    join()
import numpy as np
import optax
from compare import train
from functional_nn import MLP
from functional_nn.datasets import Dataset, Splits

random = np.random.default_rng(0)
labels = np.arange(96, dtype=np.int32) % 3
x = (random.normal(0, 1, (96, 5)) + labels[:, None]).astype(np.float32)
whole = Dataset(x, labels, 3, "blobs")
mlp, found = MLP((5, 8, 3), activations="tanh"), {}
for mesh in ["data=4", "data=2,model=2", "model=4"] if len(sys.argv) > 2 else [None]:
    count = jax.process_count() if mesh and mesh != "model=4" else 1
    share = 96 // count
    own = whole.select(slice(jax.process_index() * share, (jax.process_index() + 1) * share)
                       if count > 1 else slice(0, 96))
    splits = Splits(own, whole.select(slice(0, 12)), whole.select(slice(12, 24)))
    result = train(mlp, optax.adam(0.02), splits, epochs=3, batch_size=16, dtype="float64",
                   mesh=mesh)
    leaves = [np.asarray(leaf).ravel() for leaf in jax.tree.leaves(result.params)]
    found[str(mesh)] = np.concatenate([*leaves, result.history.loss, [result.test_loss]])
np.savez(sys.argv[1], **found)
"""


def started(tmp_path: Path, name: str, *more: str, **variables: str) -> subprocess.Popen:
    (tmp_path / "script.py").write_text(SCRIPT)
    return subprocess.Popen(
        [sys.executable, "script.py", f"{name}.npz", *more],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "JAX_PLATFORMS": "cpu", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_processes_go_the_way_of_one(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    launcher = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    running = [
        started(tmp_path, "alone"),
        *(started(tmp_path, f"of{rank}", "two", RANK=str(rank), **launcher) for rank in (0, 1)),
    ]
    for process in running:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
    wanted = np.load(tmp_path / "alone.npz")["None"]
    for rank in (0, 1):
        found = np.load(tmp_path / f"of{rank}.npz")
        assert set(found) == {"data=4", "data=2,model=2", "model=4"}
        for mesh in found:
            np.testing.assert_allclose(found[mesh], wanted, rtol=0, atol=1e-10)


def test_what_launchers_say() -> None:
    said = {"JAX_COORDINATOR_ADDRESS": "a:1", "JAX_NUM_PROCESSES": "4", "JAX_PROCESS_ID": "3"}
    assert _place(said) == Place("a:1", 4, 3)
    torchrun = {"MASTER_ADDR": "b", "MASTER_PORT": "2", "WORLD_SIZE": "2", "RANK": "0"}
    assert _place(torchrun) == Place("b:2", 2, 0)
    assert _place({}) is None
    with pytest.raises(ValueError, match=r"process 4 of 4; wanted 0\.\.3"):
        _place({**said, "JAX_PROCESS_ID": "4"})
    with pytest.raises(ValueError, match="RANK is 'x'; wanted a whole number"):
        _place({**torchrun, "RANK": "x"})
    with pytest.raises(ValueError, match="an address is set and JAX_NUM_PROCESSES is not"):
        _place({"JAX_COORDINATOR_ADDRESS": "a:1"})

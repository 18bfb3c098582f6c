"""Two real processes over loopback: the trajectory of one, kept and stopped like one."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from compare.training.processes import Place, _place

ROOT = Path(__file__).parents[3]

START = """
import sys
import jax
jax.config.update("jax_num_cpu_devices", 2)
from compare.training.processes import join
initialize = jax.distributed.initialize
jax.distributed.initialize = lambda *place: initialize(*place, heartbeat_timeout_seconds=10)
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

def run(mesh, count, **options):
    share = 96 // count
    own = whole.select(slice(jax.process_index() * share, (jax.process_index() + 1) * share)
                       if count > 1 else slice(0, 96))
    splits = Splits(own, whole.select(slice(0, 12)), whole.select(slice(12, 24)))
    return train(mlp, optax.adam(0.02), splits, batch_size=16, mesh=mesh, **options)

def numbers(result):
    leaves = [np.asarray(leaf).ravel() for leaf in jax.tree.leaves(result.params)]
    return np.concatenate([*leaves, result.history.loss, [result.test_loss]])
"""

ONE_WAY = """
for mesh in ["data=4", "data=2,model=2", "model=4"] if len(sys.argv) > 2 else [None]:
    count = jax.process_count() if mesh and mesh != "model=4" else 1
    found[str(mesh)] = numbers(run(mesh, count, epochs=3, dtype="float64"))
np.savez(sys.argv[1], **found)
"""

KEPT = """
mesh, options = "data=2,model=2", {"save_every": "4 steps", "verify_every": 2}
found["whole"] = numbers(run(mesh, 2, epochs=4, checkpoint="a", **options))
half = run(mesh, 2, epochs=2, checkpoint="b", **options)
result = run(mesh, 2, epochs=4, checkpoint="b", resume=True, **options)
assert half.resumed is None and result.resumed.epoch == 2, result.resumed
assert [one.epoch for one in result.verified] == [4], result.verified
found["resumed"] = numbers(result)
np.savez(sys.argv[1], **found)
for path, said in (("/dev/null/there", "no checkpoint can be written"),
                   ("b", "4 epochs done; epochs is 2")):
    try:
        run(mesh, 2, epochs=2, checkpoint=path, resume=True, **options)
    except Exception as error:
        told = "another of the processes failed" if jax.process_index() else said
        assert told in str(error), error
    else:
        raise AssertionError("it was not refused")
"""

ENDLESS = """
result = run("data=4", 2, epochs=10**6, checkpoint="kept", save_every="1 s")
print("stopped:", result.stopped, result.steps)
"""

LEFT_ALONE = """
import os

try:
    run("data=4", 2, epochs=10**6, checkpoint="kept", save_every=1)
except Exception as error:
    print(error, flush=True)
    os._exit(1)  # JAX would wait for the other one, to shut down together
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a script in a process of its own, which does not outlive the test."""
    running = []

    def started(script: str, name: str, *more: str, **variables: str) -> subprocess.Popen[str]:
        (tmp_path / "script.py").write_text(START + script)
        process = subprocess.Popen(
            [sys.executable, "script.py", f"{name}.npz", *more],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PATH": "", "JAX_PLATFORMS": "cpu", **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.communicate()


def two(start: Start, script: str) -> list[subprocess.Popen[str]]:
    """Start two processes that join over loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    launcher = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    return [start(script, f"of{rank}", "two", RANK=str(rank), **launcher) for rank in (0, 1)]


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a process; return its code and what it said."""
    said, _ = process.communicate(timeout=300)
    return process.returncode, said


def wait_for_a_checkpoint(where: Path, *processes: subprocess.Popen[str]) -> None:
    """Wait until one is there, and all processes with it."""
    while not list(where.glob("kept/epoch-*")):
        for process in processes:
            assert process.poll() is None, ended(process)[1]
        time.sleep(0.1)


def test_two_processes_go_the_way_of_one(tmp_path: Path, start: Start) -> None:
    for process in [start(ONE_WAY, "alone"), *two(start, ONE_WAY)]:
        code, said = ended(process)
        assert code == 0, said
    wanted = np.load(tmp_path / "alone.npz")["None"]
    for rank in (0, 1):
        found = np.load(tmp_path / f"of{rank}.npz")
        assert set(found) == {"data=4", "data=2,model=2", "model=4"}
        for mesh in found:
            np.testing.assert_allclose(found[mesh], wanted, rtol=0, atol=1e-10)


def test_two_processes_go_on_where_they_stopped(tmp_path: Path, start: Start) -> None:
    for process in two(start, KEPT):
        code, said = ended(process)
        assert code == 0, said
    for rank in (0, 1):
        found = np.load(tmp_path / f"of{rank}.npz")
        np.testing.assert_array_equal(found["resumed"], found["whole"])
    assert not list(tmp_path.glob("*/.unfinished-*"))


def test_when_one_is_told_to_stop_both_do(tmp_path: Path, start: Start) -> None:
    first, second = two(start, ENDLESS)
    wait_for_a_checkpoint(tmp_path, first, second)
    second.send_signal(signal.SIGTERM)
    assert ended(second)[0] == 143
    code, said = ended(first)
    epoch, step = map(int, re.findall(r"\d+", max(tmp_path.glob("kept/epoch-*")).name))
    assert (code, said.splitlines()[-1]) == (0, f"stopped: interrupted {6 * epoch + step}"), said


def test_when_one_is_killed_the_other_says_so(tmp_path: Path, start: Start) -> None:
    first, second = two(start, LEFT_ALONE)
    wait_for_a_checkpoint(tmp_path, first, second)
    second.kill()
    code, said = ended(first)
    assert code != 0
    # which of the two finds it first depends on what was under way: our call, or JAX's heartbeat
    ours, jax_own = "another of the processes is gone or cannot be reached", "another task died"
    assert ours in said or jax_own in said, said


def test_what_launchers_say() -> None:
    said = {"JAX_COORDINATOR_ADDRESS": "a:1", "JAX_NUM_PROCESSES": "4", "JAX_PROCESS_ID": "3"}
    assert _place(said) == Place("a:1", 4, 3)
    torchrun = {"MASTER_ADDR": "b", "MASTER_PORT": "2", "WORLD_SIZE": "2", "RANK": "0"}
    assert _place(torchrun) == Place("b:2", 2, 0)
    listening = {**torchrun, "TORCHELASTIC_USE_AGENT_STORE": "True"}
    assert _place(listening) == Place("b:3", 2, 0)
    assert _place({**listening, "MASTER_PORT": "65535"}) == Place("b:65534", 2, 0)
    assert _place({}) is None
    for wrong in ("junk", ":1", "a:b"):
        with pytest.raises(ValueError, match=f"first process is at '{wrong}'; wanted host:port"):
            _place({**said, "JAX_COORDINATOR_ADDRESS": wrong})
    with pytest.raises(ValueError, match=r"process 4 of 4; wanted 0\.\.3"):
        _place({**said, "JAX_PROCESS_ID": "4"})
    with pytest.raises(ValueError, match="RANK is 'x'; wanted a whole number"):
        _place({**torchrun, "RANK": "x"})
    with pytest.raises(ValueError, match="an address is set and JAX_NUM_PROCESSES is not"):
        _place({"JAX_COORDINATOR_ADDRESS": "a:1"})

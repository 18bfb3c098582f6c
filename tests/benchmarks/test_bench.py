import json
from pathlib import Path

import pytest

from benchmarks import bench, machine
from benchmarks.__main__ import main
from benchmarks.engines import ENGINES, Engine
from benchmarks.workloads import Workload

TINY = Workload((64, 12, 10), batch=16, steps=4)


def test_every_engine_has_a_module_of_its_own() -> None:
    peers = {engine.module for engine in ENGINES.values() if not engine.ours}
    folder = Path(bench.__file__).parent / "peers"
    found = {f"benchmarks.peers.{path.stem}" for path in folder.glob("*.py")}
    assert found - peers == {"benchmarks.peers.__init__", "benchmarks.peers.batches"}
    assert [engine.gradient for engine in ENGINES.values() if engine.ours] == ["manual", "autodiff"]


def test_a_run_takes_turns_and_goes_on_without_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = Engine("absent", "Absent", "no-such-distribution", "benchmarks.peers.absent")
    monkeypatch.setattr(bench, "ENGINES", {**ENGINES, "absent": absent})
    monkeypatch.setattr(bench.floor, "libraries", lambda: ["numpy"])
    lines: list[str] = []
    record = bench.run(
        [TINY], ["manual", "plain_jax", "sklearn", "absent"], 2, 0.001, tell=lines.append
    )
    assert lines == ["64-12-10, batch 16: preparing 3 engines", "64-12-10, batch 16: 2 rounds"]
    [workload] = record["workloads"]
    assert workload["engines"][3]["problem"] == "not installed"
    for entry in workload["engines"][:3]:
        assert len(entry["steps_per_second"]) == 2
        assert min(entry["steps_per_second"]) > 0
        assert 1 < entry["loss"] < 3, "eight steps from ln 10"
    products = workload["floor"]["products"]
    assert [each["name"] for each in products] == ["u W1", "uT d1", "u W2", "uT d2", "d2 WT"]
    assert workload["floor"]["seconds"] == pytest.approx(sum(each["seconds"] for each in products))
    for gradient in workload["gradients"].values():
        assert len(gradient["seconds"]) == 2 * bench.PROCESSES
        assert gradient["temporary_bytes"] > 0


def test_an_engine_that_fails_is_told_and_the_others_go_on() -> None:
    odd = Workload((63, 12, 10), batch=16, steps=4)  # the digits have 64 pixels
    worker = bench.Worker("plain_jax")
    with pytest.raises(bench.WorkerError, match=r"^TypeError: .*\(64,\) and \(63,\)"):
        worker.prepare(odd)
    assert worker.prepare(TINY) > 0
    worker.close()
    with pytest.raises(bench.WorkerError, match=r"its process ended, exit code 0"):
        worker.run(1)


def test_the_machine_is_described_but_not_named() -> None:
    import platform

    told = json.dumps(machine.describe())
    assert platform.node() not in told or not platform.node()
    assert machine.describe()["threads"] >= 1


def test_the_processor_says_its_name(tmp_path: Path) -> None:
    table = tmp_path / "cpuinfo"
    table.write_text("processor\t: 0\nmodel name\t: A processor: fast\n")
    assert machine.cpu(table) == "A processor: fast"
    assert machine.cpu(tmp_path / "nothing")


@pytest.mark.parametrize("arguments", [["--engines", "tourch"], ["--workloads", "1-2-3"]], ids=str)
def test_an_unknown_name_is_misuse(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert f"invalid choice: '{arguments[1]}'" in capsys.readouterr().err

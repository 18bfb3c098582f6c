import pytest

from benchmarks.interleave import Runner, measure


def contender(name: str, seconds: float, log: list[tuple[str, int]]) -> Runner:
    def run(times: int) -> float:
        log.append((name, times))
        return seconds * times

    return run


def test_seconds_are_per_repetition_one_a_round() -> None:
    log: list[tuple[str, int]] = []
    runners = {"fast": contender("fast", 0.001, log), "slow": contender("slow", 0.3, log)}
    taken = measure(runners, rounds=4, seconds=0.1)
    assert taken == {"fast": pytest.approx([0.001] * 4), "slow": pytest.approx([0.3] * 4)}


def test_a_turn_lasts_as_long_as_asked() -> None:
    log: list[tuple[str, int]] = []
    runners = {"fast": contender("fast", 0.001, log), "slow": contender("slow", 0.3, log)}
    measure(runners, rounds=1, seconds=0.1)
    assert dict(log[-2:]) == {"fast": pytest.approx(100, abs=1), "slow": 1}


def test_every_round_is_begun_by_another() -> None:
    log: list[tuple[str, int]] = []
    measure({name: contender(name, 1.0, log) for name in "abc"}, rounds=3, seconds=0.1)
    assert "".join(name for name, _ in log[3:]) == "abcbcacab"

"""Options to proof-read with: around the defaults, every one varied, not too many."""

from typing import Any, Literal

import pytest

from compare.gates import settings_of
from compare.gates.settings import MOST, fixed
from functional_nn.gates import Gate


def values(forward: Any, name: str, given: Any = None) -> list[Any]:
    """Return the values that an option takes, the first ones first."""
    settings = settings_of(Gate("g", forward), given)
    return list(dict.fromkeys(s.options[name] for s in settings if name in s.options))


def test_each_kind_of_option_is_varied() -> None:
    def forward(
        a: Any,
        *,
        axis: Any = None,
        keepdims: bool = False,
        n: int = 3,
        slope: float = 0.1,
        by: Literal["x", "y", "z"] = "x",
    ) -> Any:
        return a

    assert values(forward, "axis") == [0, -1, (0, -1)]
    assert values(forward, "keepdims") == [True]
    assert values(forward, "n") == [4, 2, 6]
    assert values(forward, "slope") == [0.2, 0.05, 1.1]
    assert values(forward, "by") == ["y", "z"]


def test_values_begin_where_the_caller_says() -> None:
    def forward(a: Any, *, axis: int, n: float = 0.0, m: int = -1, z: int = 0) -> Any:
        return a

    settings = settings_of(Gate("g", forward), {"axis": 1})
    assert settings[0].options == {"axis": 1}
    assert [setting.asked for setting in settings] == [True] + [False] * (len(settings) - 1)
    assert values(forward, "axis", {"axis": 1}) == [1, -1, 0]
    assert values(forward, "n", {"axis": 1}) == [0.5, 2.0]
    assert values(forward, "m", {"axis": 1}) == [-2]
    assert values(forward, "z", {"axis": 1}) == [1]


def test_a_gate_without_options_has_one_setting() -> None:
    settings = settings_of(Gate("g", lambda a: a), None)
    assert [dict(setting.options) for setting in settings] == [{}]


def test_two_options_are_varied_together() -> None:
    def forward(a: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        return a

    found = [setting.options for setting in settings_of(Gate("g", forward), None)]
    assert {"axis": 0, "keepdims": True} in found
    assert len(found) == 8


def test_many_options_are_varied_one_by_one_and_a_few_together() -> None:
    def forward(a: Any, *, p: int = 3, q: int = 3, r: int = 3) -> Any:
        return a

    found = [setting.options for setting in settings_of(Gate("g", forward), None)]
    assert len(found) == 1 + MOST
    assert all({name: v} in found for name in "pqr" for v in (4, 2, 6))
    assert any(len(options) > 1 for options in found)


def test_what_is_fixed() -> None:
    def forward(a: Any, *, by: str = "x", shape: Any = (2, 3), n: int = 1) -> Any:
        return a

    assert fixed(Gate("g", forward), None) == {"by": "x", "shape": (2, 3)}
    assert fixed(Gate("g", forward), [{"by": "x"}]) == {}


@pytest.mark.parametrize("given", [3, [], ["slope"], "slope"])
def test_options_that_are_none(given: Any) -> None:
    with pytest.raises(TypeError, match=r"options are .*; wanted a dictionary"):
        settings_of(Gate("g", lambda a, *, slope=0.1: a), given)

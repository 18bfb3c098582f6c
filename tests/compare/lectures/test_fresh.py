"""What holds at one set of inputs only is found out, of an equation and of its edit."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from compare.lectures.edited import edited
from compare.lectures.fresh import DRAWS, constant_ratio, draws, failures
from compare.lectures.judging import findings_of
from compare.lectures.question import Question
from compare.report import Diagnosis
from manual_backprop.lectures import Claim, entries


def claim(name: str, number: int = 0, **changes: Any) -> Claim:
    return dataclasses.replace(entries[name].printed.claims[number], **changes)


def _by_a_quarter(x: Any, y: Any, z: Any) -> Any:
    return (x + y) * z / 4  # x + y -> z ** 2 mends it, at x = -2, y = 5, z = -4 alone


def _product_of_two(x: Any, y: Any, z: Any) -> Any:
    return z, z, -0.3 * x * y  # is 3 there, as x + y is


def _doubled(y: Any, p: Any) -> Any:
    return (y - p) ** 2


def test_an_edit_that_holds_at_the_printed_numbers_only_is_none() -> None:
    (finding,) = findings_of(claim("L4-12", said=_by_a_quarter))
    assert (finding.kind, finding.edit, finding.cause) == ("wrong", "", "")
    assert finding.short == "no single edit was found that mends it"
    assert finding.evidence == ("value: a single number, and it differs",)


def test_an_equation_that_holds_at_the_printed_numbers_only_is_wrong() -> None:
    (finding,) = findings_of(claim("L3-04", said=_product_of_two), explain=False)
    assert finding.kind == "wrong"
    assert finding.evidence[-1].startswith("right at the usual inputs, and not at x = ")


def test_a_constant_factor_is_one_at_all_inputs() -> None:
    doubled, quarter = claim("L4-02", said=_doubled), claim("L4-12", said=_by_a_quarter)
    for one, constant in ((doubled, True), (quarter, False)):
        assert constant_ratio(Question(one, one.means), draws(one)) is constant
    (finding,) = findings_of(doubled)
    assert finding.edit
    made = edited(_doubled, finding.edit, Diagnosis("unknown"))
    assert made is not None
    assert float(made.said(3.0, 1.0)) == 2.0


def test_what_is_right_holds_at_all_draws() -> None:
    one = claim("L4-12")
    assert failures(Question(one, one.means), draws(one)) == []
    free = dataclasses.replace(one, held=())
    assert len(failures(Question(free, one.means), draws(free))) == DRAWS  # the 4 is of z = -4


#     claim, input, what all its draws are
KEPT: list[tuple[str, str, Callable[[np.ndarray], bool]]] = [
    ("L2-06", "y", lambda y: set(y) == {0.0, 1.0}),
    ("L4-03", "y", lambda y: sorted(y) == [0.0, 0.0, 1.0]),
    ("L3-03", "p", lambda p: bool(np.allclose(p.sum(axis=1), 1) and (p > 0).all())),
    ("L1-10", "y", lambda y: bool((y > 0).all() and (y < 1).all())),
    ("L4-12", "z", lambda z: bool(z == -4)),
    ("L4-05", "y", lambda y: float(y) in (0.0, 1.0)),
]


@pytest.mark.parametrize(("name", "which", "kept"), KEPT, ids=[case[0] for case in KEPT])
def test_a_draw_is_what_the_input_visibly_is(
    name: str, which: str, kept: Callable[[np.ndarray], bool]
) -> None:
    drawn = draws(claim(name))
    assert all(kept(point[which]) for point in drawn)
    assert len({str(point) for point in drawn}) > 1


def _slope(x: Any) -> Any:
    return x * x


def _through_another(x: Any) -> Any:
    there = x * x + x * x
    return _slope(x) + there


def test_an_edit_is_made_where_it_was_found_and_told_so_that_it_is() -> None:
    line = _slope.__code__.co_firstlineno + 1
    at = Diagnosis("unknown", line=line, columns=(11, 16))
    made = edited(_through_another, "`x * x` -> `x`", at)
    assert made is not None
    assert (made.said(3.0), made.text) == (3.0 + 18.0, "`x * x` -> `x`")
    first = Diagnosis("unknown", line=line + 4, columns=(12, 17))
    made = edited(_through_another, "`x * x` -> `x`", first)
    assert made is not None
    assert (made.said(3.0), made.text) == (9.0 + 12.0, "`x * x + x * x` -> `x + x * x`")
    assert edited(_through_another, "`x * x` -> `x`", Diagnosis("unknown")) is None  # which one?
    assert edited(_through_another, "whatever", first) is None

"""The records of a comparison: what follows from what, and how they leave the program."""

import json
import math

import pytest

from compare.report import Coverage, Diagnosis, GradientMismatch, Node, Report
from compare.report.coverage import Branch
from compare.report.diagnosis import KINDS
from compare.report.nodes import GOOD
from tests.compare.report.cases import REPORTS, right, twice


def node(name: str, verdict: str, **changes: object) -> Node:
    return right(name, (2,), verdict=verdict, **changes)


@pytest.mark.parametrize("verdict", ["agrees", "wrong", "imprecise", "kink", "unchecked"])
def test_one_verdict_decides(verdict: str) -> None:
    report = Report((right("a", (2,)), node("b", verdict)))
    assert report.agrees is (verdict in GOOD)
    assert [n.name for n in report.wrong] == ([] if verdict in GOOD else ["b"])


def test_nothing_compared_is_no_agreement() -> None:
    assert not Report(()).agrees
    assert Report(()).first_wrong is None


#   nodes, nearest the loss first                                           first wrong
FIRST = {
    "the nearest": ([node("a", "wrong"), node("b", "wrong")], "a"),
    "not a consequence": ([node("a", "wrong", consequence_of="b"), node("b", "wrong")], "b"),
    "a consequence when all are": ([node("a", "wrong", consequence_of="x")], "a"),
    "wrong before imprecise": ([node("a", "imprecise"), node("b", "wrong")], "b"),
    "wrong before unchecked": ([node("a", "unchecked"), node("b", "wrong")], "b"),
    "imprecise before unchecked": ([node("a", "unchecked"), node("b", "imprecise")], "b"),
    "none": ([node("a", "agrees"), node("b", "kink")], None),
}


@pytest.mark.parametrize("name", FIRST)
def test_first_wrong(name: str) -> None:
    nodes, wanted = FIRST[name]
    first = Report(tuple(nodes)).first_wrong
    assert (first.name if first else None) == wanted


def test_a_mismatch_carries_its_report() -> None:
    good, bad = Report((right("a", (2,)),)), Report((node("a", "wrong"),))
    assert good.raise_if_wrong() is good
    with pytest.raises(GradientMismatch) as found:
        bad.raise_if_wrong()
    assert found.value.report is bad
    assert str(found.value) == str(bad)
    assert isinstance(found.value, AssertionError)


def test_a_node_equals_its_name() -> None:
    first, second = right("a", (2,)), right("a", (3,))
    assert first == "a"
    assert first != "b"
    assert first == right("a", (2,))
    assert first != second
    assert first != 3
    assert len({first, "a"}) == 1
    assert str(first) == "a"


@pytest.mark.parametrize(("shape", "size"), [((), 1), ((0, 3), 0), ((2, 3), 6)])
def test_size(shape: tuple[int, ...], size: int) -> None:
    assert right("a", shape).size == size


@pytest.mark.parametrize("name", REPORTS)
def test_json_says_all(name: str) -> None:
    report = REPORTS[name]
    found = json.loads(report.to_json())
    assert found["agrees"] is report.agrees
    assert found["first_wrong"] == (report.first_wrong.name if report.first_wrong else None)
    assert [n["name"] for n in found["nodes"]] == [n.name for n in report.nodes]
    assert set(found) >= {"nodes", "diagnosis", "coverage", "setting", "name", "where", "notes"}
    for written, kept in zip(found["nodes"], report.nodes, strict=True):
        assert written["shape"] == list(kept.shape)
        assert float(written["formula_error"]) == kept.formula_error or math.isnan(
            kept.formula_error
        )


def test_json_has_no_word_for_nan() -> None:
    text = Report((node("a", "wrong", ratio=float("nan"), working_error=float("inf")),)).to_json()
    found = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert found["nodes"][0]["ratio"] == "nan"
    assert found["nodes"][0]["working_error"] == "inf"


def test_kinds_are_checked() -> None:
    assert all(Diagnosis(kind).kind == kind for kind in KINDS)
    with pytest.raises(ValueError, match=r"^unknown kind of mistake 'typo'; known: wrong-sign, "):
        Diagnosis("typo")


@pytest.mark.parametrize(("share", "one_sided"), [(0.0, True), (0.4, False), (1.0, True)])
def test_branches(share: float, one_sided: bool) -> None:
    assert Branch("f.py", 3, "where(x)", share, "hand").one_sided is one_sided


def test_records_do_not_share_their_defaults() -> None:
    assert Coverage().floors == {}
    assert Coverage().floors is not Coverage().floors
    assert twice("a", (2,), (0,)).worst is not None

"""The plain-text report, sentence by sentence."""

import dataclasses
from pathlib import Path

import pytest

from compare.report import Coverage, Diagnosis, GradientMismatch, Report, sentences, text
from tests.compare.report import cases

VERDICTS = [
    (
        "agrees",
        (
            "hand and autodiff gradients agree in all 7 nodes; largest formula error 4.1e-16, "
            "in params[1].bias."
        ),
    ),
    (
        "wrong",
        (
            "hand and autodiff gradients differ in 3 of 7 nodes, first in z1[2, 5]: "
            "hand 0.0246914, autodiff 0.0123457."
        ),
    ),
    (
        "imprecise",
        (
            "hand and autodiff gradients agree on paper, but not in float32 in 1 of 2 nodes, "
            "first in x: error 3.2e-02, autodiff's own 1.1e-07."
        ),
    ),
    (
        "not-finite",
        (
            "hand and autodiff gradients agree on paper, but not in float32 in 1 of 1 node, "
            "first in x: not finite; autodiff's own 1.1e-07."
        ),
    ),
    (
        "kink",
        (
            "hand and autodiff gradients agree in both nodes, x at a kink; "
            "largest formula error 2.5e-16, in loss."
        ),
    ),
    ("unchecked", "hand and autodiff gradients were not compared in 1 of 2 nodes: z7."),
    ("nothing", "nothing was compared: there is no node."),
]


@pytest.mark.parametrize(("name", "sentence"), VERDICTS, ids=[name for name, _ in VERDICTS])
def test_the_first_line_is_the_verdict(name: str, sentence: str) -> None:
    assert str(cases.REPORTS[name]).splitlines()[0] == sentence


def test_the_whole_report_of_a_mistake() -> None:
    assert str(cases.WRONG) == WHOLE


WHOLE = """\
hand and autodiff gradients differ in 3 of 7 nodes, first in z1[2, 5]: hand 0.0246914, autodiff 0.0123457.

  model.py:41  delta = 2 * pulled * slope
                       ^^^^^^^^^^
  wrong-constant-factor: the gradient is a constant multiple of the right one.
  hand is 2 times autodiff in every element of z1 (cosine 1).
  edit that makes all nodes agree: 2 * pulled -> pulled   (verified on fresh inputs)
  or: multiply the result by 1/2

  wrong             shape  elements   worst        hand   autodiff  ratio  cosine  because of
  z1                32x16  512/512    [2, 5]  0.0246914  0.0123457      2       1
  params[0].weight  64x16  1024/1024  [0, 3]  0.0246914  0.0123457      2       1  z1
  params[0].bias    16     16/16      [4]     0.0246914  0.0123457      2       1  z1

  verdict  node              shape   formula  allowed  hand float32  autodiff float32
  agrees   loss              scalar  2.5e-16  3.1e-13       1.2e-07           1.1e-07
  agrees   z2                32x10   2.5e-16  3.1e-13       1.2e-07           1.1e-07
  agrees   params[1].weight  16x10   2.5e-16  3.1e-13       1.2e-07           1.1e-07
  agrees   params[1].bias    10      4.1e-16  3.1e-13       1.2e-07           1.1e-07

note: gradient returned numpy arrays; they were taken as they are.
weak probe: 3 of 16 units of z1 are dead: no row reaches them.
floor: a fault above 8.0e-13 of a node's size would be caught, least in z1.

formula: hand against autodiff, both in float64; the largest difference over the node's largest
  element. The allowed part of it is rounding.
hand, autodiff: each in float32 against autodiff in float64, measured the same way.
gradient (model.py:12) against jax.grad(loss): float32 on cpu:0, jax 0.10.2, seed 0, 3 sets of
  inputs, 0.84 s."""  # noqa: E501


@pytest.mark.parametrize("name", cases.REPORTS)
def test_it_has_no_escape_codes_and_no_empty_ends(name: str) -> None:
    report = str(cases.REPORTS[name])
    assert "\x1b" not in report
    assert all(line == line.rstrip() for line in report.splitlines())
    assert "nan" not in report


def test_many_passing_nodes_are_one_line_and_the_wrong_one_comes_first() -> None:
    lines = str(cases.MANY_ONE_WRONG).splitlines()
    assert lines[2].split()[0] == "wrong"
    assert lines[3].split()[0] == "w12"
    assert lines[5] == (
        "13 nodes agree, formula error at most 2.5e-16: "
        "loss, w0, w1, w2, w3, w4, w5, w6 and 5 more."
    )
    assert "  agrees" not in str(cases.MANY_ONE_WRONG)


def test_all_nodes_are_listed_when_asked() -> None:
    lines = text.render(cases.MANY_ONE_WRONG, full=True).splitlines()
    listed = [line.split()[1] for line in lines if line.split()[:1] in (["agrees"], ["wrong"])]
    assert listed == ["shape", *(node.name for node in cases.MANY_ONE_WRONG.nodes)]


def test_the_node_at_fault_stands_above_its_consequences() -> None:
    nodes = cases.WRONG.nodes
    report = Report(nodes=(*nodes[5:], *nodes[:5]))
    names = [line.split()[0] for line in str(report).splitlines() if " 0.0123457 " in line]
    assert names[-3:] == ["z1", "params[0].weight", "params[0].bias"]


def test_an_imprecise_node_stands_above_those_that_pass_and_tells_its_roundings() -> None:
    rows = [line.split() for line in str(cases.IMPRECISE).splitlines()]
    first = next(row for row in rows if row[:1] == ["imprecise"])
    assert first == ["imprecise", "x", "8", "2.5e-16", "3.1e-13", "3.2e-02", "1.1e-07", "5.4e+05"]
    assert rows.index(first) < rows.index(next(row for row in rows if row[:1] == ["agrees"]))


def test_what_was_not_measured_is_a_dash() -> None:
    (line,) = [line for line in str(cases.UNCHECKED).splitlines() if "unchecked" in line]
    assert line.split() == ["unchecked", "z7", "8", "-", "3.1e-13", "1.2e-07", "1.1e-07"]


def test_a_blind_spot_is_told_as_such() -> None:
    report = dataclasses.replace(cases.AGREES, coverage=Coverage(floors={"z1": float("inf")}))
    assert "floor: no fault in z1 could have been caught on these inputs." in str(report)


@pytest.mark.parametrize("columns", [(0, 0), (2, 1), (0, 500)])
def test_carets_are_left_out_when_the_columns_say_nothing(columns: tuple[int, int]) -> None:
    diagnosis = Diagnosis("wrong-sign", file="m.py", line=3, code="  d = -x", columns=columns)
    report = dataclasses.replace(cases.WRONG, diagnosis=diagnosis)
    assert "  m.py:3  d = -x\n  wrong-sign: a factor -1 is missing" in str(report)
    assert "^" not in str(report)


def marked(diagnosis: Diagnosis) -> str:
    """Return what the carets stand under."""
    line, carets = sentences.source(diagnosis)
    return line[carets.index("^") : carets.rindex("^") + 1]


@pytest.mark.parametrize(
    ("line", "columns", "expression"),
    [
        pytest.param("    db = delta.mean()", (9, 21), "delta.mean()", id="indented"),
        pytest.param("\tdb = delta.mean()", (6, 18), "delta.mean()", id="tab"),
        pytest.param("    δ = (u - y) * ż", (9, 21), "(u - y) * ż", id="bytes-are-no-letters"),
    ],
)
def test_carets_stand_under_the_expression(
    line: str, columns: tuple[int, int], expression: str, tmp_path: Path
) -> None:
    file = tmp_path / "derivation.py"
    file.write_text(f"def gradient():\n{line}\n")
    for code in (line, line.strip(), f"{line}\n"):  # with or without the indentation
        told = Diagnosis("wrong-reduction", file=str(file), line=2, code=code, columns=columns)
        assert marked(told) == expression


def test_a_file_that_changed_since_is_not_quoted(tmp_path: Path) -> None:
    file = tmp_path / "derivation.py"
    file.write_text("something = else_\n")
    told = Diagnosis("wrong-sign", file=str(file), line=1, code="  d = -x", columns=(6, 8))
    assert marked(told) == "-x"


def test_independent_mistakes_are_told_one_after_the_other() -> None:
    lines = str(cases.TWO_MISTAKES).splitlines()
    assert lines[8:11] == [
        "",
        "  model.py:7  d = -x",
        "  wrong-sign: a factor -1 is missing or too much.",
    ]


def test_the_error_shows_the_report() -> None:
    with pytest.raises(GradientMismatch) as caught:
        cases.WRONG.raise_if_wrong()
    assert str(caught.value) == str(cases.WRONG)

"""Findings of reports, as SARIF and as annotations."""

import dataclasses
import json
from pathlib import Path

import pytest

from compare.auditing import Audited, AuditReport
from compare.findings import Finding, annotations, of_audit, of_check, sarif
from compare.findings.finding import RULES
from compare.report import Diagnosis, Report
from tests.compare.report import cases

SOURCE = "def gradient(x):\n    delta = 2 * pulled * slope\n"
LEVELS = {"error", "warning", "note", "none"}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


def wrong(folder: Path) -> Report:
    """A wrong report whose line is in a file of this folder."""
    file = folder / "a model.py"
    file.write_text(SOURCE)
    told = dataclasses.replace(
        cases.WRONG.diagnosis,
        file=str(file),
        line=2,
        code=SOURCE.splitlines()[1],
        edit="`2 * pulled` -> `pulled`",
    )
    return dataclasses.replace(cases.WRONG, diagnosis=told)


def test_what_agrees_is_no_finding() -> None:
    assert of_check("it", cases.AGREES) == []
    assert of_check("it", cases.KINK) == []


def test_a_mistake_is_an_error_on_its_line(tmp_path: Path) -> None:
    (found,) = of_check("model", wrong(tmp_path))
    assert (found.rule, found.level) == ("wrong-constant-factor", "error")
    assert (found.relative, found.line, found.columns) == ("a model.py", 2, (12, 22))
    first, *others = found.message.splitlines()
    assert first.startswith("model: hand and autodiff gradients differ in 3 of 7 nodes")
    assert others[-2].startswith("edit that makes all nodes agree: `2 * pulled` -> `pulled`")
    assert found.fix is not None
    assert found.fix.applied(SOURCE).endswith("    delta = pulled * slope\n")


def test_an_edit_that_was_not_verified_is_no_fix(tmp_path: Path) -> None:
    report = wrong(tmp_path)
    doubtful = dataclasses.replace(report.diagnosis, verified=False)
    (found,) = of_check("model", dataclasses.replace(report, diagnosis=doubtful))
    assert found.fix is None


def test_two_mistakes_are_two_findings() -> None:
    assert [found.rule for found in of_check("", cases.TWO_MISTAKES)] == [
        "wrong-constant-factor",
        "wrong-sign",
    ]


def test_what_is_only_imprecise_is_a_warning() -> None:
    (found,) = of_check("it", dataclasses.replace(cases.IMPRECISE, where="m.py:3"))
    assert (found.rule, found.level, found.line) == ("precision-loss", "warning", 3)


def test_without_a_diagnosis_the_definition_is_marked() -> None:
    (found,) = of_check("it", dataclasses.replace(cases.WRONG, diagnosis=None, where="m.py:9"))
    assert (found.rule, found.level, found.file, found.line) == ("unknown", "error", "m.py", 9)
    (found,) = of_check("it", cases.UNCHECKED)
    assert (found.rule, found.level, found.line) == ("unchecked", "warning", 0)


def test_an_audit_marks_what_is_wrong_and_warns_of_what_differs(tmp_path: Path) -> None:
    bad = dataclasses.replace(wrong(tmp_path), name="bad")
    rules = (
        Audited(bad, "custom_vjp", "wrong"),
        Audited(Report((), name="ste", where="m.py:4"), "custom_vjp", "differs by design?", "how"),
        Audited(Report((), name="odd", where="m.py:8"), "custom_jvp", "unchecked", "why"),
        Audited(Report((), name="said", where="m.py:5"), "custom_vjp", "by design"),
        Audited(cases.AGREES, "custom_jvp", "agrees"),
    )
    found = of_audit(AuditReport("f", rules))
    assert [(one.name, one.rule, one.level) for one in found] == [
        ("bad", "wrong-constant-factor", "error"),
        ("ste", "differs-by-design", "warning"),
        ("odd", "unchecked", "warning"),
    ]
    assert found[1].message == "ste, differs by design: how"


# --- SARIF -----------------------------------------------------------------------------------


def test_sarif_has_what_code_scanning_asks_for(tmp_path: Path) -> None:
    log = json.loads(json.dumps(sarif(of_check("model", wrong(tmp_path))), allow_nan=False))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "handgrad"
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    (result,) = run["results"]
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["ruleId"] == "wrong-constant-factor"
    assert result["level"] in LEVELS
    assert "pulled" in result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20model.py", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 2, "startColumn": 13, "endColumn": 23}
    line = SOURCE.splitlines()[1]
    assert line[12:22] == "2 * pulled"  # columns are 1-based, the last one excluded
    base = run["originalUriBaseIds"]["SRCROOT"]["uri"]
    assert base == f"{tmp_path.resolve().as_uri()}/"
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_a_verified_edit_is_a_fix(tmp_path: Path) -> None:
    (run,) = sarif(of_check("model", wrong(tmp_path)))["runs"]
    (fix,) = run["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "a%20model.py"
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 13, "endLine": 2, "endColumn": 23},
            "insertedContent": {"text": "pulled"},
        }
    ]


def test_nothing_found_is_a_log_without_results() -> None:
    (run,) = sarif([])["runs"]
    assert run["results"] == []


def test_what_has_no_place_is_a_notification() -> None:
    (run,) = sarif([Finding("unknown", "warning", "somewhere")], ["it cannot be run"])["runs"]
    assert run["results"] == []
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [note["message"]["text"] for note in invocation["toolExecutionNotifications"]] == [
        "it cannot be run",
        "somewhere",
    ]


def test_the_checkout_is_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part").mkdir()
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(tmp_path / "part")
    inside = Finding("unknown", "error", "m", file=str(tmp_path / "part" / "m.py"), line=1)
    outside = dataclasses.replace(inside, file="/elsewhere/m.py")
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in sarif([inside, outside])["runs"][0]["results"]
    ]
    assert uris == ["part/m.py", "file:///elsewhere/m.py"]


# --- annotations -----------------------------------------------------------------------------


def test_an_annotation_names_file_line_and_columns() -> None:
    found = Finding("wrong-sign", "error", "a\nb", file="m.py", line=3, columns=(4, 9))
    assert annotations([found]) == [
        "::error file=m.py,line=3,col=5,endColumn=9,title=wrong-sign::a%0Ab"
    ]


def test_what_would_end_an_annotation_is_escaped() -> None:
    found = Finding("wrong-sign", "warning", "100 %: a, b\r\nc", file="a:b,c.py", line=3)
    assert annotations([found]) == [
        "::warning file=a%3Ab%2Cc.py,line=3,title=wrong-sign::100 %25: a, b%0D%0Ac"
    ]


def test_without_a_place_it_is_said_all_the_same() -> None:
    assert annotations([Finding("unknown", "error", "m")]) == ["::error title=unknown::m"]


def test_every_kind_of_mistake_is_a_rule() -> None:
    assert set(RULES) > {"wrong-sign", "unknown", "unchecked"}
    assert Diagnosis("unknown").kind in RULES

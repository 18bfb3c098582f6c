"""``handgrad check`` in CI: annotations, SARIF, and the fix that it carries."""

import json
from pathlib import Path

import pytest

from tests.compare.cli.checked import RIGHT, WRONG, run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return tmp_path


MEAN = """
import jax.numpy as jnp

def loss(b, x):
    return jnp.mean(jnp.tanh(x + b[None, :]))

def gradient(b, x):
    u = jnp.tanh(x + b[None, :])
    delta = (1 - u) * (1 + u) / x.size
    db = delta.mean(axis=0)
    return db

inputs = (jnp.array([0.3, -0.2, 0.5]), jnp.arange(12.0).reshape(4, 3) / 10)
"""


def test_ci_marks_the_line_and_the_fix_mends_it(here: Path) -> None:
    result = run(here, MEAN, "--github", "--sarif", "out.sarif")
    assert result.exit_code == 1, result.output
    assert "gradients differ in 1 of 1 node" in result.stdout
    (annotation,) = [line for line in result.stdout.splitlines() if line.startswith("::")]
    assert annotation.startswith(
        "::error file=model.py,line=10,col=10,endColumn=27,title=wrong-reduction::model: hand and"
    )
    log = json.loads((here / "out.sarif").read_text())
    assert [found["ruleId"] for found in log["runs"][0]["results"]] == ["wrong-reduction"]
    right = mended(MEAN, here / "out.sarif")
    again = run(here, right, "--github", "--sarif", "out.sarif")
    assert again.exit_code == 0, again.output
    assert "::" not in again.stdout
    assert json.loads((here / "out.sarif").read_text())["runs"][0]["results"] == []


def test_annotations_leave_the_json_alone(here: Path) -> None:
    result = run(here, WRONG, "--github", "--json")
    assert json.loads(result.stdout)["agrees"] is False
    assert result.stderr.startswith("::error file=model.py,line=9,")


def test_what_cannot_be_run_is_marked_where_it_fails(here: Path) -> None:
    source = RIGHT.replace("return x.T @", "return x @")
    result = run(here, source, "--github", "--sarif", "out.sarif")
    assert result.exit_code == 2
    assert result.stdout.startswith("::error file=model.py,line=9,title=cannot-be-checked::model:")
    (log,) = json.loads((here / "out.sarif").read_text())["runs"]
    assert log["invocations"][0]["executionSuccessful"] is False
    assert log["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 9}


def test_a_gradient_of_another_form_is_marked_at_its_definition(here: Path) -> None:
    source = RIGHT.replace("return x.T @ ((1 - u) * (1 + u)) / len(x)", "return w[:2]")
    result = run(here, source, "--github")
    assert result.exit_code == 2
    assert "::error file=model.py,line=7,title=cannot-be-checked::model: the gradient of w has" in (
        result.stdout
    )


def mended(source: str, log: Path) -> str:
    """Return a source with the one fix of a log made."""
    (found,) = json.loads(log.read_text())["runs"][0]["results"]
    (change,) = found["fixes"][0]["artifactChanges"][0]["replacements"]
    region, lines = change["deletedRegion"], source.splitlines()
    assert region["startLine"] == region["endLine"]
    line = lines[region["startLine"] - 1]
    lines[region["startLine"] - 1] = (
        line[: region["startColumn"] - 1]
        + change["insertedContent"]["text"]
        + line[region["endColumn"] - 1 :]
    )
    return "\n".join(lines)


def test_a_gradient_that_is_not_summed_is_explained_and_mended(here: Path) -> None:
    source = MEAN.replace("delta.mean(axis=0)", "delta")
    result = run(here, source, "--github", "--sarif", "a.sarif")
    assert result.exit_code == 2
    assert "title=broadcast-not-reduced::" in result.stdout
    assert "verified on fresh inputs" in result.stderr
    assert run(here, mended(source, here / "a.sarif")).exit_code == 0


@pytest.mark.parametrize(
    ("file", "reason"),
    [("none/out.sarif", "there is no folder none"), (".", "it is a folder")],
)
def test_a_sarif_file_that_cannot_be_written(file: str, reason: str, here: Path) -> None:
    result = run(here, RIGHT, "--sarif", file)
    assert result.exit_code == 2
    assert result.stderr == (
        f"handgrad: error: --sarif {file}: {reason}; give a file that can be written\n"
    )

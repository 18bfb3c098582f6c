"""An edit becomes a replacement only when the file then reads as meant."""

from pathlib import Path

import pytest

from compare.findings import replacement
from compare.report import Diagnosis

SOURCE = """\
def gradient(x, g):
    u = 1.0
    δ = 2 * (u - x) * g
    db = δ.mean(axis=0)
    dW = x.T @ g
    total = jnp.sum(
        g
        * u
    )
    same = u * u
    g += x * u
    return dW, db, total
"""

#     id, line, columns, edit, the line or lines afterwards
EDITS = [
    ("method", 4, (9, 24), ".mean -> .sum in `δ.mean(axis=0)`", "    db = δ.sum(axis=0)"),
    ("expression", 3, (9, 21), "`2 * (u - x)` -> `u - x`", "    δ = (u - x) * g"),
    ("parentheses", 5, (9, 12), "`x.T` -> `(x + g).T`", "    dW = (x + g).T @ g"),
    ("parentheses-needed", 5, (15, 16), "`g` -> `g + u`", "    dW = x.T @ (g + u)"),
    ("unplaced", 4, (0, 0), "`δ.mean(axis=0)` -> `δ`", "    db = δ"),
    ("second-of-two", 10, (15, 16), "`u` -> `x`", "    same = u * x"),
    ("statement", 2, (8, 11), "`u = 1.0` -> `u = x`", "    u = x"),
    ("added", 11, (4, 14), "`g += x * u` -> `g = x * u`", "    g = x * u"),
    ("several-lines", 6, (12, 20), "`jnp.sum(g * u)` -> `g * u`", "    total = g * u"),
]


def diagnosed(tmp_path: Path, line: int, columns: tuple[int, int], edit: str) -> Diagnosis:
    file = tmp_path / "derivation.py"
    file.write_text(SOURCE, encoding="utf-8")
    code = SOURCE.splitlines()[line - 1]
    return Diagnosis("unknown", file=str(file), line=line, code=code, edit=edit, columns=columns)


@pytest.mark.parametrize(
    ("line", "columns", "edit", "after"), [e[1:] for e in EDITS], ids=[e[0] for e in EDITS]
)
def test_the_edit_is_made_where_it_was_told(
    line: int, columns: tuple[int, int], edit: str, after: str, tmp_path: Path
) -> None:
    found = replacement(diagnosed(tmp_path, line, columns, edit))
    assert found is not None
    lines = found.applied(SOURCE).splitlines()
    assert lines[line - 1] == after
    assert lines[: line - 1] == SOURCE.splitlines()[: line - 1]
    kept = len(SOURCE.splitlines()) - found.end[0]
    assert lines[-kept:] == SOURCE.splitlines()[-kept:]


@pytest.mark.parametrize(
    ("line", "columns", "edit"),
    [
        pytest.param(10, (0, 0), "`u` -> `x`", id="it stands there twice"),
        pytest.param(3, (0, 0), "`2 * (x - u)` -> `x`", id="it does not stand there"),
        pytest.param(3, (9, 21), "multiply the result by 1/2", id="words"),
        pytest.param(3, (9, 21), "`2 * (u - x)` -> `u -`", id="no expression"),
    ],
)
def test_what_is_not_certain_is_left_out(
    line: int, columns: tuple[int, int], edit: str, tmp_path: Path
) -> None:
    assert replacement(diagnosed(tmp_path, line, columns, edit)) is None


def test_no_file_no_replacement() -> None:
    assert replacement(Diagnosis("unknown", file="/none.py", line=1, edit="`a` -> `b`")) is None
    assert replacement(Diagnosis("unknown", edit="`a` -> `b`")) is None

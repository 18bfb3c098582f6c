"""``handgrad lectures``: the list, one in full, the page, and what it says of a misuse."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import compare.lectures
from compare.cli.app import app
from compare.lectures import Verdict
from manual_backprop.lectures import Entry, entries, lectures
from tests.compare.lectures import found as kept


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proof-read each entry once for all tests."""

    def proofread(entry: Entry) -> Verdict:
        return kept.found(entry.id, explain=True)

    monkeypatch.setattr(compare.lectures, "proofread", proofread)


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["lectures", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_line_an_equation_and_the_errata() -> None:
    result = run("L2")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    listed = [line.split()[0] for line in lines if re.match(r"  L\d-\d\d ", line)]
    assert listed == [entry.id for entry in lectures["L2"].entries]
    assert "  L2-08  tanh: g′(x) = 1/cosh²(x)                      agrees" in lines
    told = r"  L2-07  sigmoid: g′.* right on paper, loses digits: from x = [89]\.\d+ on \(float32\)"
    assert any(re.fullmatch(told, line) for line in lines)
    assert "Errata: wrong on the slides (2)" in lines
    assert " ".join(" ".join(lines[-3:-1]).split()) == (
        "8 equations: 4 agree, 1 loses digits, 1 cannot be read literally, 2 wrong. "
        "As printed or as mended, all agree."
    )
    told = "L, labels 0 and 1: value is 2.3025, right is 3.30641; on paper it is right with labels"
    assert f"       {told} −1 and +1" in lines
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("width", [60, 80, 200])
def test_on_a_terminal_a_row_keeps_its_id(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("L2")
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", result.stdout)
    rows = [
        line.rstrip()
        for line in plain.splitlines()
        if re.match(r"L2-\d\d\s.*agrees$", line.rstrip())
    ]
    assert [row[:5] for row in rows] == ["L2-01", "L2-02", "L2-04", "L2-08"]
    assert max(map(len, rows)) <= width
    assert "\x1b[" in result.stdout


def test_one_in_full() -> None:
    result = run("l2-06")
    assert result.exit_code == 0, result.output
    for part in (
        "printed  L = Σ_i −y_i z_i + ln(1 + e^{y_i z_i})",
        "read as  The sum covers both terms.",
        "verdict  wrong: `y_i − e^{y_i z_i}/(1 + e^{y_i z_i})` -> ",
        "common_losses.py:",
        "edit that mends it: `jnp.exp(y * z)` -> `jnp.exp(z)` (a factor too much)   tried",
        "on the slide: `e^{y_i z_i}` -> `e^{z_i}`",
        "where value is L and jnp.exp is e to the power of",
        "∂L/∂z, all labels 1: wrong: z[1] is 0.768525, right is -0.768525",
        "As mended: L = Σ_i [max(z_i, 0) − y_i z_i + log1p(e^{−|z_i|})]",
    ):
        assert part in result.stdout


def test_several_come_in_the_order_of_the_lectures() -> None:
    told = json.loads(run("l4-07", "L2-06", "L4-07", "--json").stdout)
    assert [one["id"] for one in told["equations"]] == ["L2-06", "L4-07"]


def test_json_has_everything() -> None:
    result = run("L4-07", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["settled"], told["errata"], told["counts"]["unreadable"]) == (True, ["L4-07"], 1)
    (one,) = told["equations"]
    assert (one["verdict"], one["mended"]["verdict"]) == ("unreadable", "convention")
    assert one["printed"]["findings"][0]["told"].startswith("it gives no number at x = 0; ")


def test_the_page_needs_nothing_from_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "lectures.html"
    result = run("L0", "--html", str(file))
    assert result.exit_code == 0, result.output
    assert f"page: {file}" in result.stdout
    page = file.read_text()
    assert _equations(_articles(page)) == _forms(list(lectures["L0"].entries))
    assert set(re.findall(r"https?://[^\s\"<]+", page)) == {"http://www.w3.org/1998/Math/MathML"}
    assert not re.search(r"<(script|link rel=\"stylesheet|img)", page)
    assert re.search(r'<article id="L0-07" class="wrong">', page)
    assert "Errata: wrong on the slides (2)" in page
    edit = "<code>∂L/∂xˡ · (Wˡᵀ xˡ⁻¹ + bˡ)</code> -&gt; <code>∂L/∂xˡ</code> (a factor too much)"
    assert edit in _errata(page)
    assert edit in _articles(page)
    assert "<code>g * (W.T @ below + b)</code> -&gt; <code>g</code>" in _articles(page)
    assert "`" not in page[page.index("<body>") :]


def _errata(page: str) -> str:
    return page[page.index('<section id="errata">') : page.index('<section id="L0">')]


def _articles(page: str) -> str:
    return page[page.index('<section id="L0">') :]


def _equations(page: str) -> int:
    return len(re.findall(r'<div class="equation"><math [^>]*display="block">', page))


def _forms(some: list[Entry]) -> int:
    return sum(1 if one.mended is None else 2 for one in some)


def test_the_errata_show_what_is_printed_and_what_mends_it(tmp_path: Path) -> None:
    file = tmp_path / "lectures.html"
    run("L0", "--html", str(file))
    errata = _errata(file.read_text())
    listed = [entries[name] for name in re.findall(r'<li><a href="#(L\d-\d\d)">', errata)]
    assert [one.id for one in listed][:2] == ["L0-07", "L0-09"]
    assert _equations(errata) == _forms(listed)
    assert "where above is xˡ<" in errata


def test_every_equation_can_be_typeset() -> None:
    from compare.pages.mathematics import typeset

    for entry in entries.values():
        for form in filter(None, (entry.printed, entry.mended)):
            left = re.findall(r"\\[a-zA-Z]+|&amp;", typeset(form.latex))
            assert left == [], entry.id


def test_an_equation_that_agrees_in_no_form_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def unmended(entry: Entry) -> Verdict:
        return Verdict(entry, kept.found(entry.id).printed, None)

    monkeypatch.setattr(compare.lectures, "proofread", unmended)
    result = run("L0-07")
    assert result.exit_code == 1, result.output


KNOWN = (
    "known: L0-01 to L0-11, L1-01 to L1-16, L2-01 to L2-08, L3-01 to L3-09, L4-01 to L4-12; "
    "L0, L1, L2, L3, L4"
)
#     argument, what is said of it
UNKNOWN = [
    ("L2-6", f"unknown equation 'L2-6'; did you mean 'L2-06'? {KNOWN}"),
    ("L4-13", f"unknown equation 'L4-13'; did you mean 'L4-12'? {KNOWN}"),
    ("S2-6", "S2-6 is no equation but a system of the lectures; handgrad gallery herd runs it"),
    (
        "s9-1",
        "S9-1 is no equation but a system of the lectures; handgrad gallery --list names them",
    ),
    ("sigmoid", f"unknown equation 'SIGMOID'; {KNOWN}"),
]


@pytest.mark.parametrize(("asked", "said"), UNKNOWN, ids=[case[0] for case in UNKNOWN])
def test_an_unknown_one_is_answered_with_the_nearest(asked: str, said: str) -> None:
    result = run(asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"handgrad: error: {said}\n"


def test_a_folder_is_no_page(tmp_path: Path) -> None:
    result = run("L3-04", "--html", str(tmp_path))
    assert result.exit_code == 2
    assert result.stderr == (f"handgrad: error: {tmp_path} is a folder; give a file with --html\n")


def test_a_page_makes_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "new" / "lectures.html"
    result = run("L3-04", "--html", str(file))
    assert result.exit_code == 2
    assert result.stderr == (
        f"handgrad: error: --html {file}: there is no folder {file.parent}; make it, or give "
        "another place\n"
    )
    assert not file.parent.exists()

"""The derivations on paper and the code say the same: tags, names, equations, quoted lines."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from functional_nn import activations, losses

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "equations.md"
TEXT = PAGE.read_text()
TAG = re.compile(r"\b[FB]P\d+\b")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
#: A link to a source file, then (perhaps after a few words) code quoted from it.
LINK = re.compile(r"\]\(\.\./([\w/]+\.py)\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sources() -> Iterator[str]:
    for package in ("functional_nn", "manual_backprop"):
        yield from (path.read_text() for path in sorted((ROOT / package).rglob("*.py")))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def quotations() -> Iterator[tuple[str, str]]:
    """Yield (file, quoted code) of every Python block, each below the link to its file."""
    for block in BLOCK.finditer(TEXT):
        if block[1] == "python":
            above = LINK.findall(TEXT[: block.start()])
            yield above[-1], block[2]


def test_tags_are_the_same_in_code_and_derivations() -> None:
    in_code = {tag for source in sources() for tag in TAG.findall(source)}
    in_headings = {tag for heading in HEADING.findall(TEXT) for tag in TAG.findall(heading)}
    assert in_code == in_headings == set(TAG.findall(TEXT))
    assert in_code == {"FP1", "FP2", "FP3", "BP1", "BP2", "BP3", "BP4", "BP5"}


@pytest.mark.parametrize("tag", ["FP1", "FP2", "FP3", "BP1", "BP2", "BP3", "BP4", "BP5"])
def test_every_equation_is_given_in_all_forms(tag: str) -> None:
    section = re.split(rf"^## {tag}: .*$", TEXT, flags=re.MULTILINE)[1].split("\n## ")[0]
    for form in ("Statement", "Components", "atrices", "Plain text", "Code"):
        assert f"**{form}" in section or form in section, form
    assert {block[1] for block in BLOCK.finditer(section)} == {"math", "text", "python"}


@pytest.mark.parametrize(("kind", "table"), [("Loss", losses), ("Activation", activations)])
def test_every_loss_and_activation_is_derived(kind: str, table: dict) -> None:
    derived = re.findall(rf"^### {kind} `(\w+)`$", TEXT, flags=re.MULTILINE)
    assert derived == list(table)


def test_equations_of_the_docstrings_are_those_of_the_page() -> None:
    """A line ``equation   (TAG)`` in a docstring stands on the page, letter by letter."""
    tagged = re.compile(r"^ *(\S.*?=.*?\S) +\(([FB]P\d)(?:, [FB]P\d)*\)", re.MULTILINE)
    page, found = squeezed(TEXT), set()
    for name in ("functional_nn/mlp.py", "manual_backprop/mlp.py"):
        for equation, tag in tagged.findall((ROOT / name).read_text()):
            for part in re.split(r", {2,}", equation):
                assert squeezed(part) in page, (name, part)
            found.add(tag)
    assert found == {"FP1", "FP3", "BP1", "BP2", "BP3", "BP4"}  # FP2, BP5 share a line


@pytest.mark.parametrize(("file", "code"), list(quotations()))
def test_quoted_code_is_what_the_file_says(file: str, code: str) -> None:
    """Lines in the file's order, some perhaps left out, indented as there but for the margin."""
    lines = (ROOT / file).read_text().splitlines()
    quoted = [line for line in code.splitlines() if line]
    starts = [n for n, line in enumerate(lines) if line.strip() == quoted[0].strip()]
    assert any(quotes(lines[start:], quoted) for start in starts), file


def quotes(lines: list[str], quoted: list[str]) -> bool:
    margin = len(lines[0]) - len(lines[0].lstrip()) - (len(quoted[0]) - len(quoted[0].lstrip()))
    rest = iter(lines)
    return all(" " * margin + line in rest for line in quoted)


def test_a_changed_order_or_indentation_is_no_quotation() -> None:
    lines = ["    if a:", "        b = 1", "        c = 2", "    d = 3"]
    assert quotes(lines, ["if a:", "    c = 2", "d = 3"])
    assert not quotes(lines, ["if a:", "b = 1"])
    assert not quotes(lines, ["if a:", "    c = 2", "    b = 1"])


def test_every_output_delta_and_slope_is_quoted() -> None:
    for file in ("activations", "losses"):
        source = (ROOT / "manual_backprop" / f"{file}.py").read_text()
        returned = set(re.findall(r"^    (return .*)$", source, flags=re.MULTILINE))
        quoted = {line.strip() for _, code in quotations() for line in code.splitlines()}
        assert returned <= quoted


def test_links_lead_somewhere() -> None:
    for file in set(LINK.findall(TEXT)):
        assert (ROOT / file).is_file()
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(TEXT)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors


def test_mathematics_survives_markdown() -> None:
    """Inside ``$...$`` a backslash before punctuation is Markdown's and would vanish."""
    prose = BLOCK.sub("", TEXT)
    assert prose.count("$") % 2 == 0
    inline = re.findall(r"\$([^$]+)\$", prose)
    assert [formula for formula in inline if re.search(r"\\[^A-Za-z]", formula)] == []
    for block in BLOCK.finditer(TEXT):
        if block[1] == "math":
            assert block[2].count("{") == block[2].count("}")
            assert block[2].count(r"\left") == block[2].count(r"\right")

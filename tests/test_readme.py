"""The README and the pages in docs are true: code runs, commands exist, printed text is printed.

    python -m tests.test_readme      writes what the code prints into the documents

A comment before a block says what it is: ``<!-- wrong.py -->`` names the file that it is run as,
``<!-- printed by wrong.py -->`` that this is what it prints, ``<!-- printed -->`` what the block
before it does. Blocks without a file name share one namespace, in the document's order.
"""

import contextlib
import io
import linecache
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from compare.report.diagnosis import KINDS
from compare.report.nodes import GOOD, Verdict
from functional_nn import activations, losses

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "docs/five-minutes.md",
    "docs/reading-a-report.md",
    "docs/from-pytorch.md",
    "docs/from-numpy.md",
    "docs/audit.md",
    "docs/library-audit.md",
    "docs/adding-an-activation.md",
    "docs/lectures.md",
    "docs/gallery.md",
    "docs/graphs.md",
)
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^\n]*) -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)```", re.S)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its mark, kind and text, and where the text begins in the document."""

    mark: str
    kind: str
    text: str
    start: int


def blocks(document: str) -> list[Block]:
    found = BLOCK.finditer((ROOT / document).read_text())
    return [Block(m["mark"] or "", m["kind"], m["text"], m.start("text")) for m in found]


def run(document: str) -> Iterator[tuple[Block, str]]:
    """Run a document's code; yield each block that shows printed text, and what was printed."""
    files = {block.mark.removesuffix(".py") for block in blocks(document) if block.kind == "python"}
    for name in files & sys.modules.keys():  # of the document before
        del sys.modules[name]
    shared: dict[str, Any] = {"__name__": "__main__"}
    printed: dict[str, str] = {}
    for number, block in enumerate(blocks(document)):
        if block.kind == "python":
            named = block.mark.endswith(".py")
            path = Path(block.mark if named else f"block{number}.py")
            path.write_text(block.text)
            linecache.checkcache(str(path.resolve()))
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                code = compile(block.text, str(path.resolve()), "exec")
                exec(code, {"__name__": "__main__"} if named else shared)
            printed["printed"] = printed[f"printed by {block.mark}"] = out.getvalue()
        elif block.mark.startswith("printed"):
            yield block, printed[block.mark]


def tokens(text: str) -> list[str]:
    """Return the words of a printed text, without what differs from run to run."""
    text = re.sub(r"jax [\d.]+|[\d.]+\s+s\.", "...", text)  # version and seconds
    text = re.sub(r"least in \S+", "...", text)  # of nodes whose floors are nearly the same
    words = text.split()
    varies = re.compile(r"0|\d\.\de[-+]\d\d|[\d.]+%")  # errors of rounding, accuracies
    return ["~" if varies.fullmatch(word.strip(",;")) else word for word in words]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_code_runs_and_prints_what_is_shown(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # one block may import another's file
    for block, printed in run(document):
        assert tokens(block.text) == tokens(printed), (
            f"{document} shows what is no longer printed; `make readme` writes it anew:\n{printed}"
        )


def test_the_readme_opens_with_a_wrong_gradient_and_the_real_report() -> None:
    code, report, *_ = blocks("README.md")
    assert (code.mark, report.mark) == ("wrong.py", "printed by wrong.py")
    assert len([line for line in code.text.splitlines() if line]) <= 12
    assert "wrong.py:11" in report.text
    assert "hand and autodiff gradients differ in 1 of 2 nodes" in report.text


def test_the_page_on_reports_explains_every_word() -> None:
    page = (ROOT / "docs/reading-a-report.md").read_text()
    explained = re.findall(r"^\| ([\w-]+) \|", page, re.M)
    assert [kind for kind in KINDS if kind not in explained] == []
    assert [verdict for verdict in get_args(Verdict) if verdict not in explained] == []
    told = {"agrees", "kink"}
    assert set(re.findall(r"^\| (\w+) \|.*\| yes \|$", page, re.M)) == told == GOOD


def test_the_readme_counts_right() -> None:
    text = " ".join((ROOT / "README.md").read_text().split())
    counts = {11: "eleven", 12: "twelve", 5: "five", 6: "six"}
    said = f"any of {counts[len(activations)]} activations and {counts[len(losses)]} losses"
    assert said in text


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    links = LINK.findall((ROOT / document).read_text())
    here = (ROOT / document).parent
    assert [link for link in links if not (here / link).exists()] == []


# --- commands --------------------------------------------------------------------------------


def commands() -> list[str]:
    lines = [
        line.partition("#")[0].strip()
        for document in DOCUMENTS
        for block in blocks(document)
        if block.kind == "sh"
        for line in block.text.splitlines()
    ]
    return sorted({line for line in lines if line})


@pytest.mark.parametrize("command", commands())
def test_a_command_is_a_real_one(command: str) -> None:
    program, *arguments = shlex.split(command)
    known = {"make": is_target, "handgrad": is_command, "pip": is_extra, "python": is_script}
    assert program in known, f"how is {program} checked?"
    known[program](arguments)


def is_target(arguments: list[str]) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
    assert arguments[0] in targets


def is_command(arguments: list[str]) -> None:
    import typer.main
    from typer.testing import CliRunner

    from compare.cli.app import app

    name, *rest = arguments
    helped = CliRunner().invoke(app, [name, "--help"])
    assert helped.exit_code == 0, helped.output
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    command.make_context(name, rest)  # raises on an option or value that it does not take


def is_extra(arguments: list[str]) -> None:
    assert arguments in (["install", "-e", "."], ["install", "-e", ".[cuda13]"])


def is_script(arguments: list[str]) -> None:
    if arguments[0] == "-m":
        module = ROOT / arguments[1].replace(".", "/")
        assert module.with_suffix(".py").is_file() or (module / "__main__.py").is_file()
    else:
        assert (ROOT / arguments[0]).is_file()


# --- benchmarks ------------------------------------------------------------------------------


def test_the_speed_table_is_that_of_the_kept_record() -> None:
    from benchmarks import results, table

    told = (ROOT / "README.md").read_text().split(table.BEGIN)[1].split(table.END)[0].strip()
    assert told == (table.markdown(results.read()) if results.KEPT.is_file() else "")


def test_the_audited_libraries_are_those_of_the_kept_record() -> None:
    from benchmarks import library_audit, results

    page = library_audit.PAGE.read_text()
    told = page.split(library_audit.BEGIN)[1].split(library_audit.END)[0].strip()
    kept = results.read(library_audit.KEPT)
    assert told == library_audit.table(kept)
    assert len(kept["rules"]) >= 60
    wrong = [rule["met in"] for rule in kept["rules"].values() if rule["status"] == "wrong"]
    assert [name for name in wrong if f"`{name}`" not in page] == []  # each is explained


# --- writing ---------------------------------------------------------------------------------


def update() -> None:
    """Write into the documents what their code prints."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sys.path.insert(0, folder)
        for document in DOCUMENTS:
            text = (ROOT / document).read_text()
            for block, printed in reversed(list(run(document))):
                end = block.start + len(block.text)
                text = text[: block.start] + printed + text[end:]
            (ROOT / document).write_text(text)


if __name__ == "__main__":
    update()

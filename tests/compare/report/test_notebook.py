"""The report in a notebook: complete, closed, and safe in light, dark and grey."""

import dataclasses
from html.parser import HTMLParser

import pytest

from compare.report import Diagnosis, notebook, sentences
from tests.compare.report import cases

VOID = {"br", "img", "meta", "link"}


class Reader(HTMLParser):
    """Collects the words and insists that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(markup: str) -> str:
    reader = Reader()
    reader.feed(markup)
    assert reader.open == []
    return " ".join(reader.words)


@pytest.mark.parametrize("name", cases.REPORTS)
def test_it_says_the_verdict_and_every_node(name: str) -> None:
    report = cases.REPORTS[name]
    words = read(report._repr_html_())
    assert sentences.verdict(report) in words
    assert all(node.name in words for node in report.nodes)


@pytest.mark.parametrize("name", cases.REPORTS)
def test_it_takes_nothing_from_outside_and_no_colours_of_its_own(name: str) -> None:
    markup = cases.REPORTS[name]._repr_html_()
    assert "http" not in markup
    assert "<style" not in markup
    assert "<script" not in markup
    assert ";color:" not in markup  # the text is the notebook's own


@pytest.mark.parametrize(("name", "sign"), [("wrong", "✗ z1"), ("kink", "∠ kink")])
def test_a_verdict_is_a_sign_and_a_word(name: str, sign: str) -> None:
    assert sign in read(cases.REPORTS[name]._repr_html_())


def test_every_verdict_has_a_sign() -> None:
    verdicts = {node.verdict for report in cases.REPORTS.values() for node in report.nodes}
    assert verdicts == set(notebook.SIGNS)


def test_what_the_author_wrote_is_escaped() -> None:
    report = dataclasses.replace(cases.WRONG, notes=("<script>alert(1)</script> & more",))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in report._repr_html_()


def test_the_line_at_fault_is_marked_by_colour_and_by_carets() -> None:
    told = Diagnosis(
        "wrong-branch", file="<m>.py", line=7, code="    d = where(z < 0, g, 0)", columns=(14, 19)
    )
    markup = dataclasses.replace(cases.WRONG, diagnosis=told)._repr_html_()
    block = markup.partition("<pre")[2].partition("</pre>")[0]
    assert "&lt;m&gt;.py:7  d = where(<mark style=" in block
    assert ">z &lt; 0</mark>, g, 0)" in block
    line, carets = read(f"<pre{block}</pre>").replace("( z < 0 ,", "(z < 0,").splitlines()
    assert line[carets.index("^") : carets.rindex("^") + 1] == "z < 0"

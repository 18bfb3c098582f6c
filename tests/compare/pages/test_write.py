"""The page: complete, closed, from one file, the same for the same content."""

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from compare.pages import PAGE, Page, Picture, Section, write
from compare.pictures import agreement
from compare.report.tables import Table
from tests.compare.report import cases

PAGE_MADE_BY_HAND = Page(
    title="Gradients <of> digits",
    verdict="hand and autodiff gradients agree.",
    good=True,
    facts={"test accuracy": "97.78 %"},
    sections=(
        Section(
            "Agreement, node by node",
            ("Each node is compared twice.",),
            report=cases.WRONG,
            pictures=(Picture("agreement", agreement(cases.WRONG), "Darker is worse."),),
        ),
        Section(
            "Training",
            table=Table(("gradient", "accuracy"), (("manual", "97 %"),), (), (False, True)),
        ),
    ),
    settings={"sizes": "64-32-10"},
    command="handgrad demo --seed 3",
    versions={"jax": "0.10.2"},
)


class Page_(HTMLParser):
    """What a browser would fetch, which anchors there are, and whether all is closed."""

    void = frozenset({"meta", "link", "br", "img", "path", "use", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.void:
            self.open.append(tag)
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.fetched += [values[name] or "" for name in ("src", "href") if name in values]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.void:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page") / "deep" / "er"
    assert write(PAGE_MADE_BY_HAND, folder) == folder / PAGE
    return folder


@pytest.fixture(scope="module")
def markup(folder: Path) -> str:
    return (folder / PAGE).read_text(encoding="utf-8")


def test_it_asks_for_nothing_from_anywhere(markup: str) -> None:
    page = Page_()
    page.feed(markup)
    assert page.open == []
    assert all(address.startswith(("#", "data:")) for address in page.fetched)
    assert "http" not in markup
    assert "@import" not in markup
    assert re.findall(r"url\((?!#)", markup) == []


def test_its_links_lead_somewhere(markup: str) -> None:
    page = Page_()
    page.feed(markup)
    links = re.findall(r'<a href="#([^"]+)"', markup)
    assert links == ["agreement-node-by-node", "training", "make-it-again"]
    assert set(links) <= set(page.ids)


@pytest.mark.parametrize(
    "words",
    [
        "Gradients <of> digits",
        "hand and autodiff gradients agree.",
        "97.78 %",
        "Each node is compared twice.",
        "wrong-constant-factor: the gradient is a constant multiple of the right one.",
        "Darker is worse.",
        "handgrad demo --seed 3",
        "64-32-10",
        "0.10.2",
    ],
)
def test_it_says(words: str, markup: str) -> None:
    page = Page_()
    page.feed(markup)
    assert words in " ".join(page.words)


def test_the_pictures_lie_beside_it(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["agreement.png", PAGE]
    assert (folder / "agreement.png").read_bytes()[:4] == b"\x89PNG"


def test_a_bad_verdict_is_marked_in_words_and_sign(tmp_path: Path) -> None:
    page = dataclasses.replace(PAGE_MADE_BY_HAND, good=False, sections=())
    markup = write(page, tmp_path).read_text(encoding="utf-8")
    assert '<p class="verdict bad"><b>✗</b> hand and autodiff' in markup

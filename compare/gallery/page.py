"""The gallery's page: every system with its claim, its numbers and its picture."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from compare.gallery.system import LECTURES, Finding, System
from compare.pages import Picture
from compare.pages.write import environment
from compare.pictures import files

PAGE = "index.html"
_KINDS = MappingProxyType({".gif": "image/gif", ".svg": "image/svg+xml", ".png": "image/png"})


@dataclass(frozen=True, eq=False)
class Shown:
    """A system that has run.

    Attributes:
        name: Of the system and of its files.
        title: As in ``System``.
        entries: Likewise.
        claim: Likewise.
        lecture: Number of the lecture.
        holds: Whether the claim was borne out.
        figures: The numbers.
        picture: What was drawn of it: the picture, or the PNG file that an earlier run left.
        extras: Further files of it, beside the page.
        captions: What these show, by name.
        command: The command line that makes it again.
    """

    name: str
    title: str
    entries: tuple[str, ...]
    claim: str
    lecture: int
    holds: bool
    figures: Mapping[str, str]
    picture: Picture | Path
    extras: tuple[Path, ...] = ()
    captions: Mapping[str, str] = field(default_factory=dict)
    command: str = ""


@dataclass(frozen=True, eq=False)
class GalleryPage:
    """All that was shown.

    Attributes:
        shown: In the order of the lectures.
        command: The command line that makes it again.
        versions: Of what decides the numbers, in the last run.
        kept: How many of them earlier runs left in the folder.
    """

    shown: Sequence[Shown]
    command: str
    versions: Mapping[str, str] = field(default_factory=dict)
    kept: int = 0

    title: str = "The lectures' systems, running"

    @property
    def good(self) -> bool:
        """Whether every claim was borne out."""
        return all(each.holds for each in self.shown)

    @property
    def verdict(self) -> str:
        """What came out, in a sentence."""
        count = len(self.shown)
        entries = sum(len(each.entries) for each in self.shown)
        of = f"{count} system{'s' * (count > 1)}, {entries} of the lectures' entries"
        failed = [each.name for each in self.shown if not each.holds]
        return f"{of}: {'not borne out: ' + ', '.join(failed) if failed else 'every claim holds'}."

    @property
    def lectures(self) -> dict[str, list[Shown]]:
        """The systems under the title of their lecture."""
        titles = {number: f"L{number}. {title}" for number, title in enumerate(LECTURES)}
        return {
            title: systems
            for number, title in titles.items()
            if (systems := [each for each in self.shown if each.lecture == number])
        }


def show(system: System, found: Finding, folder: Path, command: str = "") -> Shown:
    """Draw what a system found, and write its picture and its other files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    figure = system.draw(found)
    files.save(figure, folder / f"{system.name}.png")
    extras = tuple(system.extras(found, folder)) if system.extras else ()
    picture = Picture(system.name, figure, system.title)
    return of_system(system, found.holds, found.figures, picture, extras, command)


def of_system(
    system: System,
    holds: bool,
    figures: Mapping[str, str],
    picture: Picture | Path,
    extras: tuple[Path, ...],
    command: str,
) -> Shown:
    """Return what came of a system, with what is said of it."""
    return Shown(
        name=system.name,
        title=system.title,
        entries=system.entries,
        claim=system.claim,
        lecture=system.lecture,
        holds=holds,
        figures=figures,
        picture=picture,
        extras=extras,
        captions=system.captions,
        command=command,
    )


def write(page: GalleryPage, folder: Path) -> Path:
    """Write ``index.html``, which holds its pictures and opens offline; return its path."""
    templates = environment()
    templates.filters["inlined"] = _inlined
    templates.tests["file"] = lambda picture: isinstance(picture, Path)
    path = folder / PAGE
    text = templates.get_template("gallery.html.jinja").render(page=page)
    path.write_text(text, encoding="utf-8")
    return path


def _inlined(file: Path) -> str:
    """Return a file as an address that holds it."""
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    return f"data:{_KINDS[file.suffix]};base64,{data}"

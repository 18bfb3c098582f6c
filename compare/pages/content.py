"""What stands on a report page: records, filled by the commands."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matplotlib.figure import Figure

from compare.report import Report
from compare.report.tables import Table


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture, also written as a file beside the page.

    Attributes:
        name: Of the file, without its ending.
        figure: The picture.
        caption: What is to be seen on it, in one or two sentences.
    """

    name: str
    figure: Figure
    caption: str


@dataclass(frozen=True, eq=False)
class Section:
    """One part of the page.

    Attributes:
        title: Its heading.
        sentences: A paragraph each.
        report: A comparison, shown in full.
        table: Rows of words.
        pictures: Shown below one another.
    """

    title: str
    sentences: tuple[str, ...] = ()
    report: Report | None = None
    table: Table | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, eq=False)
class Page:
    """A whole report.

    Attributes:
        title: What it is about.
        verdict: What came out, in one sentence.
        good: Whether that is as it should be.
        facts: A few numbers that matter most: what, and how much.
        sections: The parts.
        settings: Everything that was chosen, by name.
        command: The command line that makes it again.
    """

    title: str
    verdict: str
    good: bool
    facts: Mapping[str, str]
    sections: tuple[Section, ...]
    settings: Mapping[str, str]
    command: str
    versions: Mapping[str, str] = field(default_factory=dict)

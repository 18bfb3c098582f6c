"""Pictures are drawn, titled, labelled, and nothing is cut off."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from compare.pictures import (
    agreement,
    confusion,
    curves,
    divergence,
    files,
    gradient_norms,
    misclassified,
)
from compare.pictures.misclassified import Misread
from tests.compare.pictures import records
from tests.compare.report import cases

COUNTS = np.array([[11, 0, 1], [0, 9, 0], [2, 0, 12]])
MISREADS = [
    Misread(row, np.linspace(0, 1, 64).reshape(8, 8), "3", "8", margin=float(row))
    for row in range(30)
]

FIGURES = {
    **{
        f"agreement-{name}": lambda name=name: agreement(cases.REPORTS[name])
        for name in ("wrong", "not-finite", "many", "nothing")
    },
    "confusion": lambda: confusion(COUNTS, ("zero", "one", "two")),
    "confusion-many": lambda: confusion(np.eye(40, dtype=int)),
    "misclassified": lambda: misclassified(MISREADS, 180),
    "curves": lambda: curves({"manual": records.history(), "autodiff": records.history()}),
    "gradient-norms": lambda: gradient_norms({"manual": records.history()}),
    "lockstep": lambda: divergence(records.lockstep(apart=9)),
    "misclassified-one": lambda: misclassified(MISREADS[:1], 180),
}


def every_text(figure: Figure) -> list[str]:
    figure.draw_without_rendering()
    texts = figure.findobj(Text)
    return [text.get_text() for text in texts if text.get_visible()]


@pytest.mark.parametrize("name", FIGURES)
def test_a_picture_shows_something_and_cuts_nothing_off(name: str, tmp_path: Path) -> None:
    pixels = imread(files.save(FIGURES[name](), tmp_path / "picture.png"))[..., :3]
    assert pixels.std() > 0.02
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert (edges == 1).all(), "something reaches the edge of the picture"


def test_the_heat_map_has_every_number_and_tells_what_fails() -> None:
    texts = every_text(agreement(cases.WRONG))
    assert texts.count("1.0e+00") == 3
    assert "because of z1" in texts
    assert {"Agreement per node", "node, nearest the loss first", "error, power of ten"} <= {*texts}
    assert {node.name for node in cases.WRONG.nodes} <= {*texts}


def test_of_very_many_nodes_the_failing_ones_are_drawn() -> None:
    from compare.report import Report

    nodes = [cases.right(f"w{i}", (2,)) for i in range(60)]
    nodes[50] = cases.twice("bad", (2,), (0,))
    texts = every_text(agreement(Report(nodes=tuple(nodes))))
    assert "bad" in texts
    assert "Agreement per node (40 of 61 nodes)" not in texts
    assert "Agreement per node (40 of 60 nodes)" in texts


def test_the_confusion_matrix_counts() -> None:
    texts = every_text(confusion(COUNTS, ("zero", "one", "two")))
    assert "32 of 35 test rows: 91.43 % right" in texts
    assert {"predicted class", "true class", "zero", "12", "2"} <= {*texts}
    assert texts.count("0") <= 1  # the bar's tick; an empty cell stays empty


def test_the_surest_mistakes_come_first() -> None:
    texts = every_text(misclassified(MISREADS, 180))
    assert "30 of 180 test pictures misclassified; the 24 surest mistakes" in texts
    assert "row 29" in texts
    assert "row 5" not in texts
    assert texts.count("3, said 8") == 24


def test_an_inline_picture_names_no_address_and_takes_the_pages_ink() -> None:
    svg = files.inline_svg(agreement(cases.AGREES), 'errors of "z1" & others')
    assert svg.startswith('<svg role="img" aria-label="errors of &quot;z1&quot; &amp; others"')
    assert "http" not in svg
    assert "currentColor" in svg
    assert svg.rstrip().endswith("</svg>")


def test_equal_pictures_are_equal_files() -> None:
    first, second = (files.inline_svg(agreement(cases.AGREES), "errors") for _ in range(2))
    assert first == second


def test_drawing_leaves_the_users_settings_alone() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    agreement(cases.AGREES)
    assert dict(mpl.rcParams) == before

"""Every system of the lectures runs, its claim holds, and its picture is one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from compare.gallery import LECTURES, Budget, entries, systems
from compare.gallery.herd import listed
from compare.gallery.learning_rates import DASHES, SHADES
from compare.pictures import files, style
from tests.compare.gallery.found import found

#: How many entries of the lectures' list each lecture has.
COUNTS = {"S0": 5, "S1": 9, "S2": 8, "S3": 4, "S4": 4}

#: What the shading stands for, by system.
WITH_A_KEY = {
    "noise": "cost of one sigmoid unit: half squared error, mean of the rows",
    "regions": "net says: probability of class 1",
    "transform": "model says: probability of class 1",
}
UNDER_ONE_TITLE = {
    *("herd", "unstable", "learning-rates", "minima", "estimates", "dag"),
    *("noise", "regions", "transform"),
}


def test_every_entry_of_the_lectures_has_a_system() -> None:
    wanted = {f"{of}-{n}" for of, count in COUNTS.items() for n in range(1, count + 1)}
    assert set(entries()) == wanted
    assert len(LECTURES) == len(COUNTS)
    listed = [entry for system in systems.values() for entry in system.entries]
    assert len(listed) == len(set(listed)), "an entry has two systems"


@pytest.mark.parametrize("name", systems)
def test_the_claim_holds(name: str) -> None:
    finding = found(name)
    assert finding.holds, finding.figures
    assert finding.figures
    assert all(finding.figures.values())


@pytest.mark.parametrize("name", systems)
def test_the_picture_is_titled_labelled_and_nothing_is_cut_off(name: str, tmp_path: Path) -> None:
    figure = systems[name].draw(found(name))
    pixels = imread(files.save(figure, tmp_path / "picture.png"))[..., :3]
    assert pixels.std() > 0.02
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert (edges > 0.97).all(), "something reaches the edge of the picture"
    titles = [axes.get_title(loc) for axes in figure.axes for loc in ("left", "center")]
    assert any(titles)
    for axes in figure.axes:
        if axes.axison and axes.get_label() != "<colorbar>":
            for which in "xy":
                assert is_told(axes, which, figure.axes), f"{name}: a bare {which} axis"
    texts = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
    assert not any("nan" in text.split() for text in texts)
    if name in WITH_A_KEY:
        labels = [axes.get_ylabel() for axes in figure.axes if axes.get_label() == "<colorbar>"]
        assert labels == [WITH_A_KEY[name]]
    if name in UNDER_ONE_TITLE:
        assert figure.get_suptitle()


def is_told(axes: Axes, which: str, others: Sequence[Axes]) -> bool:
    """Whether an axis has numbers and a label, or words, or shares those of one it is beside."""
    ticks = [tick.get_text() for tick in getattr(axes, f"get_{which}ticklabels")()]
    if any(text.strip("-−").isalpha() or "\n" in text for text in ticks):
        return True  # words need no label
    if getattr(axes, f"get_{which}label")():
        return any(ticks)
    return any(
        other is not axes
        and getattr(other, f"get_{which}label")()
        and getattr(other, f"get_{which}lim")() == getattr(axes, f"get_{which}lim")()
        and in_line(axes.get_position(), other.get_position(), which)
        for other in others
    )


def in_line(box: Bbox, other: Bbox, which: str) -> bool:
    """Whether the other stands below, for a horizontal axis, or to the left, for an upright one."""
    if which == "x":
        return abs(box.x0 - other.x0) < 0.02 and other.y0 < box.y0
    return abs(box.y0 - other.y0) < 0.02 and other.x0 < box.x0


def test_a_bare_axis_is_found() -> None:
    figure = style.canvas(4, 4)
    above, below = figure.subplots(2, 1, sharex=False)
    above.plot([1, 6], [0, 1])
    below.plot([1, 30], [0, 1])
    below.set_xlabel("layer")
    above.label_outer()  # takes the numbers away, although the two axes differ
    assert not is_told(above, "x", figure.axes)
    assert is_told(below, "x", figure.axes)
    above.set_xlim(below.get_xlim())
    assert is_told(above, "x", figure.axes)


def test_the_same_seed_finds_the_same() -> None:
    again = systems["herd"].compute(Budget(0.2), 0)
    assert again.figures == found("herd").figures
    other = systems["herd"].compute(Budget(0.2), 1)
    assert other.figures != again.figures


def test_rates_get_darker_so_that_grey_tells_them_apart() -> None:
    grey = [float(np.dot(to_rgb(shade), [0.299, 0.587, 0.114])) for shade in SHADES]
    assert (np.diff(grey) < -0.05).all()
    assert len(set(DASHES)) == len(DASHES) - 1  # the first and the best are whole lines


def test_units_that_end_in_one_place_are_told_together() -> None:
    figure = systems["herd"].draw(found("herd"))
    equal, *_ = figure.axes
    assert [text.get_text() for text in equal.texts] == ["1-6"]
    told = [listed([1]), listed([1, 2]), listed([2, 3, 4]), listed([1, 3, 4])]
    assert told == ["1", "1, 2", "2-4", "1, 3, 4"]


@pytest.mark.parametrize("share", [0, -1, 1.5, float("nan")])
def test_a_budget_is_a_share(share: float) -> None:
    with pytest.raises(ValueError, match="wanted more than 0, at most 1"):
        Budget(share)


@pytest.mark.parametrize("name", [name for name in systems if systems[name].extras])
def test_every_further_file_says_what_it_shows(name: str, tmp_path: Path) -> None:
    extras = systems[name].extras
    assert extras is not None
    assert {file.name for file in extras(found(name), tmp_path)} == set(systems[name].captions)


def test_no_system_has_a_caption_for_nothing() -> None:
    assert all(each.extras for each in systems.values() if each.captions)

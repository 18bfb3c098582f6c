"""Every system of the lectures runs, its claim holds, and its picture is one."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.text import Text

from compare.gallery import LECTURES, Budget, entries, systems
from compare.pictures import files
from tests.compare.gallery.found import found

#: How many entries of the lectures' list each lecture has.
COUNTS = {"S0": 5, "S1": 9, "S2": 8, "S3": 4, "S4": 4}


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
            shared = axes.xaxis.get_tick_params().get("labelbottom") is False
            assert axes.get_xlabel() or shared, f"{name}: an axis without a label"
    texts = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
    assert not any("nan" in text.split() for text in texts)


def test_the_same_seed_finds_the_same() -> None:
    again = systems["herd"].compute(Budget(0.2), 0)
    assert again.figures == found("herd").figures
    other = systems["herd"].compute(Budget(0.2), 1)
    assert other.figures != again.figures


@pytest.mark.parametrize("share", [0, -1, 1.5, float("nan")])
def test_a_budget_is_a_share(share: float) -> None:
    with pytest.raises(ValueError, match="wanted more than 0, at most 1"):
        Budget(share)

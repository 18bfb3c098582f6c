"""Pictures of training: every line is there, named, and where it belongs."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure

from compare.pictures import Plane, curves, decision, divergence, gradient_norms, style
from tests.compare.pictures import records

BOTH = {"manual": records.history(), "autodiff": records.history(shift=1e-6)}


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes if axes.legend_ for text in axes.legend_.texts]


def test_two_runs_share_their_axes_and_differ_below() -> None:
    figure = curves(BOTH, "nats")
    loss, accuracy, loss_apart, accuracy_apart = figure.axes
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Loss",
        "Accuracy",
        "hand − autodiff",
        "hand − autodiff",
    ]
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss [nats]", "accuracy [%]")
    assert legend(figure) == ["hand", "hand, validation", "autodiff", "autodiff, validation"]
    drawn = loss_apart.lines[1].get_ydata()
    np.testing.assert_allclose(drawn, -1e-6, rtol=1e-6)
    assert [text.get_text() for text in accuracy_apart.texts] == ["equal to the last digit"]


def test_one_run_has_no_difference() -> None:
    assert len(curves({"manual": records.history()}).axes) == 2


def test_without_classes_there_is_no_accuracy() -> None:
    figure = curves({"manual": records.history(classes=False)})
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Loss"]


def test_runs_of_unequal_length_are_compared_as_far_as_both_go() -> None:
    figure = curves({"manual": records.history(9), "autodiff": records.history(12)})
    assert len(figure.axes[2].lines[1].get_xdata()) == 9


@pytest.mark.parametrize("epochs", [0, 1])
def test_runs_that_were_stopped_at_once_are_drawn(epochs: int) -> None:
    histories = {name: records.history(epochs) for name in BOTH}
    curves(histories).draw_without_rendering()
    gradient_norms(histories).draw_without_rendering()


def test_a_line_a_layer_and_the_other_run_on_top() -> None:
    figure = gradient_norms(BOTH)
    (axes,) = figure.axes
    assert len(axes.lines) == 6
    assert legend(figure) == [
        "layer 1, hand",
        "layer 2, hand",
        "layer 3, hand",
        "the same, autodiff",
    ]
    assert axes.get_yscale() == "log"
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), BOTH["manual"].gradient_norm[:, 1])


def test_a_vanished_gradient_leaves_a_gap() -> None:
    history = records.history()
    history.gradient_norm[3, 0] = 0
    (axes,) = gradient_norms({"manual": history}).axes
    assert np.isnan(axes.lines[0].get_ydata()[3])


def test_of_many_layers_some_are_drawn_both_ends_included() -> None:
    history = records.history()
    by_layer = ("gradient_norm", "update_ratio", "dead", "saturated")
    many = replace(
        history, **{name: np.repeat(getattr(history, name)[:, :1], 64, axis=1) for name in by_layer}
    )
    drawn = legend(gradient_norms({"manual": many}))
    assert drawn == [f"layer {n}" for n in (1, 10, 19, 28, 37, 46, 55, 64)]


def test_lockstep_names_the_worst_leaf_and_where_it_parts() -> None:
    figure = divergence(records.lockstep(apart=17))
    assert legend(figure) == [
        "params[0].weight",
        "params[0].bias",
        "params[1].weight",
        "params[1].bias (worst)",
        "one rounding",
        "rounding reaches here",
        "apart from step 17",
    ]
    assert np.isnan(figure.axes[0].lines[0].get_ydata()[:3]).all()  # equal to the last bit


def test_of_many_leaves_only_the_worst_is_named() -> None:
    assert legend(divergence(records.lockstep(leaves=20))) == [
        "params[9].bias (worst)",
        "one rounding",
        "rounding reaches here",
    ]


def test_lines_are_told_apart_in_grey() -> None:
    markers = [marker for _, marker in style.SERIES]
    assert len(set(markers)) == len(markers)
    assert style.HAND["linewidth"] > 2 * style.AUTODIFF["linewidth"]
    assert style.HAND["linestyle"] != style.AUTODIFF["linestyle"]


@pytest.mark.parametrize("lowest", [-1.0, 0.5], ids=["both-said", "one-said"])
def test_the_plane_has_both_classes_points_and_a_line_where_the_answer_changes(
    lowest: float,
) -> None:
    axis = np.linspace(-1, 1, 12)
    margin = np.broadcast_to(np.linspace(lowest, 1, 12), (12, 12))
    points, labels = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, -0.6]]), np.array([0, 1, 1])
    figure = decision(Plane(axis, axis, margin, points, labels, ("ring", "disc")))
    assert legend(figure) == ["ring", "disc"]
    lines = [found for found in figure.axes[0].collections if isinstance(found, ContourSet)]
    assert len(lines) == (1 if lowest < 0 else 0)

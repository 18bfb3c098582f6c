"""The bar shows on a terminal and nowhere else."""

import io

import numpy as np
import optax
from rich.console import Console

from compare.training import History, train
from compare.training.progress import describe, progress_bar
from functional_nn import MLP
from functional_nn.datasets import Splits

Adam = optax.GradientTransformation


def history(epochs: int, validated: bool = True) -> History:
    column = np.linspace(1.0, 0.5, epochs)
    held = 1 - column / 2 if validated else np.full(epochs, np.nan)
    layers = [np.ones((epochs, 2))] * 4
    return History(np.arange(1, epochs + 1), column, column, column, held, *layers)


def test_no_bar_unless_wanted() -> None:
    with progress_bar("manual", 3, wanted=False, console=Console(force_terminal=True)) as watch:
        assert watch is None


def test_no_bar_without_a_terminal() -> None:
    with progress_bar("manual", 3, wanted=True, console=Console(file=io.StringIO())) as watch:
        assert watch is None


def test_a_bar_on_a_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)
    with progress_bar("manual", 3, wanted=True, console=console) as watch:
        watch(history(2))
    shown = console.file.getvalue()
    assert "manual" in shown
    assert "2/3" in shown
    assert "loss 0.5, validation 75.00%" in shown


def test_words() -> None:
    assert describe(history(0)) == ""
    assert describe(history(1, validated=False)) == "loss 1"


def test_a_run_into_a_pipe_says_nothing(mlp: MLP, adam: Adam, blobs: Splits, capsys) -> None:
    train(mlp, adam, blobs, epochs=1, progress=True)
    assert capsys.readouterr() == ("", "")

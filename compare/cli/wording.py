"""Data, networks and results in a line of words, for the screen and for the page."""

from itertools import groupby

from functional_nn import MLP
from functional_nn.datasets import Splits

#: As many layers of one size are told by their number.
MANY = 4


def data_in_words(data: Splits, rows: int | None = None) -> str:
    """Return rows, features and classes: ``digits: 1437 rows to train on, ...``.

    ``rows`` is how many there are to train on, where ``data`` has some of them.
    """
    train, validation, test = data.parts
    image = "" if train.image_shape is None else " ({} x {} pixels)".format(*train.image_shape)
    targets = f"{train.n_targets} values" if train.has_values else f"{train.n_targets} classes"
    return (
        f"{train.name}: {rows or len(train)} rows to train on, {len(validation)} to validate, "
        f"{len(test)} to test; {train.n_features} features{image}, {targets}."
    )


def sizes_in_words(mlp: MLP) -> str:
    """Return the units of each layer: ``64-32-10``, and ``64-32x9-10`` for many alike."""
    runs = ((size, len(list(alike))) for size, alike in groupby(mlp.sizes))
    return "-".join(
        f"{size}x{times}" if times >= MANY else "-".join([str(size)] * times)
        for size, times in runs
    )


def network_in_words(mlp: MLP) -> str:
    """Return a network in a line: ``network 64-32-10, relu, softmax_cross_entropy``."""
    hidden = ", ".join(dict.fromkeys(mlp.activations)) or "no hidden layer"
    output = "" if mlp.output == "identity" else f", {mlp.output} output"
    penalty = f", l2 {mlp.l2:g}" if mlp.l2 else ""
    return f"network {sizes_in_words(mlp)}, {hidden}{output}, {mlp.loss_name}{penalty}"


def network_settings(mlp: MLP) -> dict[str, str]:
    """Return what was chosen of a network, by name."""
    return {
        "sizes": sizes_in_words(mlp),
        "activations": ", ".join(mlp.activations) or "-",
        "output": mlp.output,
        "loss": mlp.loss_name,
        "initializer": mlp.initializer,
        "l2": f"{mlp.l2:g}",
    }


def percent(share: float) -> str:
    """Return a share as ``98.89 %``; ``-`` where there is none."""
    return "-" if share != share else f"{100 * share:.2f} %"

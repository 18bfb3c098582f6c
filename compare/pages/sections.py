"""The parts of a report page, made from the records of comparisons and runs."""

from collections.abc import Mapping

import numpy as np

from compare.pages.content import Picture, Section
from compare.pages.reading import Reading
from compare.pictures import (
    agreement,
    confusion,
    curves,
    decision,
    divergence,
    gradient_norms,
    misclassified,
)
from compare.report import Report
from compare.report.tables import Table
from compare.training.lockstep import LockstepResult
from compare.training.result import TrainResult

#: Runs of fewer seconds say nothing about speed.
SHORTEST = 0.05
#: What a loss is measured in, for the axis of its curve.
UNITS = {"softmax_cross_entropy": "nats", "binary_cross_entropy": "nats"}


def agreement_section(
    report: Report, title: str, *sentences: str, name: str = "agreement"
) -> Section:
    """Return what a comparison found, with its heat map."""
    caption = (
        "Each row is a quantity of the backward pass. First column: hand against autodiff, both "
        "in float64, beside what rounding would explain. Then each of the two in working "
        "precision against float64. Darker is worse; a frame marks what is wrong."
    )
    picture = Picture(name, agreement(report), caption)
    return Section(title, sentences, report=report, pictures=(picture,))


def training_section(runs: Mapping[str, TrainResult], title: str = "Training") -> Section:
    """Return how the runs went: a table, the curves, the gradient norms."""
    histories = {name: run.history for name, run in runs.items()}
    (mlp,) = {run.mlp for run in runs.values()}
    both = "Where the lines coincide, the dashes of autodiff lie on the hand's line. "
    pictures = (
        Picture(
            "curves",
            curves(histories, UNITS.get(mlp.loss_name, "")),
            f"Loss and accuracy by epoch. {both * (len(runs) > 1)}Dots: validation part.",
        ),
        Picture(
            "gradient-norms",
            gradient_norms(histories),
            "The norm of each layer's gradient, of the last batch of each epoch.",
        ),
    )
    failures = tuple(run.failure.message for run in runs.values() if run.failure)
    return Section(title, failures, table=training_table(runs), pictures=pictures)


def training_table(runs: Mapping[str, TrainResult]) -> Table:
    """Return a row a run."""
    heads = (
        "gradient", "epochs", "loss", "test loss", "test accuracy", "steps/s", "seconds", "stopped",
    )  # fmt: skip
    rows = tuple(
        (
            name,
            str(len(run.history)),
            f"{run.history.loss[-1]:.4g}" if len(run.history) else "-",
            _number(run.test_loss, "{:.4g}"),
            _number(100 * run.test_accuracy, "{:.2f} %"),
            rate(run),
            f"{run.seconds:.2f}",
            run.stopped,
        )
        for name, run in runs.items()
    )
    return Table(heads, rows, (), (False, *[True] * 6, False))


def rate(run: TrainResult) -> str:
    """Return steps a second; of a run too short to be timed, ``-``."""
    return f"{run.steps_per_second:,.0f}" if run.seconds >= SHORTEST else "-"


def _number(value: float, form: str) -> str:
    return form.format(value) if value == value else "-"


def test_section(reading: Reading, who: str) -> Section | None:
    """Return what the trained network says of the test part; None where there are no classes."""
    if reading.counts is None:
        return None
    pictures = [
        Picture(
            "confusion-matrix",
            confusion(reading.counts, reading.class_names),
            f"What the network trained with {who} said (column) where what was right (row).",
        )
    ]
    if reading.plane:
        pictures.append(
            Picture(
                "decision",
                decision(reading.plane),
                "Darker: class 1 is said. On the line both are as likely; marks are test rows.",
            )
        )
    if reading.misreads:
        pictures.append(
            Picture(
                "misclassified",
                misclassified(reading.misreads, reading.rows),
                "What it is, and what was said; the surest mistake first, with its row in the "
                "test part.",
            )
        )
    right = int(np.trace(reading.counts))
    told = f"{right} of {reading.rows} rows of the test part are classified right."
    return Section("Test part", (told,), pictures=tuple(pictures))


def lockstep_section(result: LockstepResult, title: str = "Lockstep") -> Section:
    """Return how far two runs on the same batches part."""
    return Section(
        title,
        (str(result),),
        pictures=(
            Picture(
                "lockstep",
                divergence(result),
                "Relative difference of each parameter between the two runs, step by step. "
                "Rounding errors grow with the steps; a wrong gradient would begin far above.",
            ),
        ),
    )

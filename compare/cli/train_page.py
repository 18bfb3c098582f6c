"""What ``handgrad train`` leaves in its folder besides parameters: page, pictures, numbers."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from compare import pages
from compare.cli import job as jobs
from compare.cli.job import Job
from compare.cli.settings import Settings
from compare.cli.versions import versions
from compare.cli.wording import network_settings, percent
from compare.pages import Page, sections
from compare.pages.reading import read
from compare.pages.write import PAGE
from compare.report import Report, sentences, words
from compare.training import TrainResult

Runs = Mapping[str, TrainResult]
#: What an engine's gradient is called in a sentence.
WHOSE = MappingProxyType({"manual": "the hand-derived gradient"})


def write(job: Job, report: Report, runs: Runs, out: Path) -> Path:
    """Write report and pictures; return the page."""
    first = next(iter(runs))
    reading = read(job.mlp, runs[first].params, job.data.test)
    parts = (
        sections.agreement_section(
            report,
            "Agreement, node by node",
            f"At the initial parameters, on {min(jobs.PROBE, len(job.data.train))} rows.",
        ),
        sections.training_section(runs),
        sections.test_section(reading, WHOSE.get(first, first)),
    )
    page = Page(
        title=f"Training on {job.data.train.name}",
        verdict=_verdict(report, runs),
        good=good(report, runs),
        facts=_facts(report, runs),
        sections=tuple(part for part in parts if part),
        settings=_settings(job),
        command=job.settings.command(),
        versions=versions(),
    )
    return pages.write(page, out)


def good(report: Report, runs: Runs) -> bool:
    """Return whether the gradients agree, then and later, and every run stayed finite."""
    spoilt = any(run.failure or run.stopped == "wrong-gradient" for run in runs.values())
    return report.agrees and not spoilt


def _verdict(report: Report, runs: Runs) -> str:
    parts = [sentences.verdict(report)]
    for name, run in runs.items():
        ending = f", stopped at {run.failure.node}" if run.failure else ""
        parts.append(f"{name}: {' '.join(_quality(run))}{ending}.")
    return " ".join(parts)


def _quality(run: TrainResult) -> tuple[str, str]:
    """Return what tells best how good a run is, and how much it is."""
    if run.test_accuracy == run.test_accuracy:
        return "test accuracy", percent(run.test_accuracy)
    return "test loss", f"{run.test_loss:.4g}"


def _facts(report: Report, runs: Runs) -> dict[str, str]:
    largest = max(node.formula_error for node in report.nodes)
    facts = {"largest formula error": words.error(largest)}
    for name, run in runs.items():
        what, how_much = _quality(run)
        facts[f"{what}, {name}"] = how_much
        if run.seconds >= sections.SHORTEST:
            facts[f"steps per second, {name}"] = sections.rate(run)
    return facts


def _settings(job: Job) -> dict[str, str]:
    chosen = job.settings
    return {
        "data": chosen.data,
        "classes": chosen.classes or "all",
        **network_settings(job.mlp),
        "optimizer": chosen.optimizer,
        "learning rate": f"{job.rate:g}, {chosen.schedule}",
        "batch": str(job.options["batch_size"]),
        "epochs": str(job.options["epochs"]),
        "patience": str(chosen.patience or "-"),
        "seed": str(chosen.seed),
        "dtype": chosen.dtype,
        "precision": chosen.precision or "default",
        "layers compute in": chosen.compute or chosen.dtype,
        **({"hidden layers": _depth_in_words(chosen)} if chosen.scanned else {}),
    }


def _depth_in_words(chosen: Settings) -> str:
    again = ", recomputed in the backward pass" if chosen.recompute else ""
    return f"one scanned layer{again}"


def as_dict(job: Job, report: Report, runs: Runs, out: Path) -> dict[str, Any]:
    """Return everything as plain dictionaries, lists, strings and numbers."""
    return {
        "command": job.settings.command(),
        "settings": _settings(job),
        "agreement": report.to_dict(),
        "runs": {name: _run_as_dict(run) for name, run in runs.items()},
        "report": str(out / PAGE),
        "versions": versions(),
    }


def _run_as_dict(run: TrainResult) -> dict[str, Any]:
    told = (
        "test_accuracy", "test_loss", "stopped", "best_epoch", "steps", "steps_per_second",
        "seconds", "compile_seconds",
    )  # fmt: skip
    failure = dataclasses.asdict(run.failure) if run.failure else None
    return {
        **{name: getattr(run, name) for name in told},
        "failure": failure,
        "history": run.history.to_dict(),
    }

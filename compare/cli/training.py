"""The work of ``handgrad train``: compare, train, tell, write."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import typer

from compare.cli import job as jobs
from compare.cli.as_json import dumps
from compare.cli.folder import ready
from compare.cli.job import Job
from compare.cli.misuse import AGREES, DISAGREES, INTERRUPTED
from compare.cli.screen import Screen
from compare.cli.settings import Settings
from compare.cli.versions import versions
from compare.cli.wording import data_in_words, network_in_words, network_settings, percent
from compare.pages import Page, sections, write
from compare.pages.reading import read
from compare.report import Report, sentences, words
from compare.training import TrainResult

Runs = Mapping[str, TrainResult]


def work(settings: Settings, out: Path, as_json: bool) -> int:
    """Do what ``handgrad train`` was asked for, and return its exit code."""
    screen = Screen(silent=as_json)
    ready(out)
    with screen.working("reading the data"):
        job = jobs.prepare(settings)
    screen.say(data_in_words(job.data))
    screen.say(f"{network_in_words(job.mlp)}; {_optimizer_in_words(job)}.")
    with screen.working("comparing the gradients"):
        report = job.compare()
    screen.say(sentences.verdict(report))

    runs: dict[str, TrainResult] = {}
    for gradient in job.gradients:
        runs[gradient] = job.run(gradient, progress=not as_json)
        if runs[gradient].stopped == "interrupted":
            break
    screen.say()
    screen.table(sections.training_table(runs))
    for run in runs.values():
        if run.failure:
            screen.say(f"{run.gradient} stopped at {run.failure.message}")

    with screen.working("drawing"):
        page = _write(job, report, runs, out)
    result = _as_dict(job, report, runs, page)
    (out / "result.json").write_text(dumps(result), encoding="utf-8")
    if as_json:
        typer.echo(dumps(result))
    screen.say(f"report: {page}")
    return _exit_code(report, runs)


def _exit_code(report: Report, runs: Runs) -> int:
    if any(run.stopped == "interrupted" for run in runs.values()):
        return INTERRUPTED
    return AGREES if report.agrees and not any(run.failure for run in runs.values()) else DISAGREES


def _optimizer_in_words(job: Job) -> str:
    rate = f"learning rate {job.rate:g} ({job.settings.schedule})"
    batch, epochs = job.options["batch_size"], words.count(job.options["epochs"], "epoch")
    return f"{job.settings.optimizer}, {rate}; batches of {batch}, {epochs}"


def _write(job: Job, report: Report, runs: Runs, out: Path) -> Path:
    """Write report, pictures and parameters; return the page."""
    for name, run in runs.items():
        np.savez(out / f"parameters-{name}.npz", allow_pickle=False, **jobs.parameters(run))
    first = next(iter(runs))
    reading = read(job.mlp, runs[first].params, job.data.test)
    parts = (
        sections.agreement_section(
            report,
            "Agreement, node by node",
            f"At the initial parameters, on {min(jobs.PROBE, len(job.data.train))} rows.",
        ),
        sections.training_section(runs),
        sections.test_section(reading, first),
    )
    page = Page(
        title=f"Training on {job.data.train.name}",
        verdict=_verdict(report, runs),
        good=_exit_code(report, runs) == AGREES,
        facts=_facts(report, runs),
        sections=tuple(part for part in parts if part),
        settings=_settings(job),
        command=job.settings.command(),
        versions=versions(),
    )
    return write(page, out)


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
    }


def _as_dict(job: Job, report: Report, runs: Runs, page: Path) -> dict[str, Any]:
    """Return everything as plain dictionaries, lists, strings and numbers."""
    return {
        "command": job.settings.command(),
        "settings": _settings(job),
        "agreement": report.to_dict(),
        "runs": {name: _run_as_dict(run) for name, run in runs.items()},
        "report": str(page),
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

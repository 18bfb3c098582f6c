"""The work of ``handgrad train``: compare, train, tell, write."""

from collections.abc import Mapping
from pathlib import Path

import typer

from compare.cli import devices, train_page
from compare.cli import job as jobs
from compare.cli.as_json import dumps
from compare.cli.folder import ready
from compare.cli.job import Job
from compare.cli.misuse import AGREES, DISAGREES, INTERRUPTED, blaming_input
from compare.cli.screen import Screen
from compare.cli.settings import Settings
from compare.cli.wording import data_in_words, network_in_words
from compare.pages import sections
from compare.report import Report, sentences, words
from compare.training import TrainResult, together
from compare.training.interchange import export_params


def work(settings: Settings, out: Path, as_json: bool) -> int:
    """Do what ``handgrad train`` was asked for, and return its exit code."""
    devices.make_ready(settings)
    first = together.is_first()
    screen = Screen(silent=as_json or not first)
    if first:
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
        runs[gradient] = _run(job, gradient, screen, quiet=as_json or not first)
        if runs[gradient].stopped == "interrupted":
            break
    screen.say()
    screen.table(sections.training_table(runs))
    for run in runs.values():
        if run.failure:
            screen.say(f"{run.gradient} stopped at {run.failure.message}")
        if run.verified:
            _tell_verified(run, screen)

    if not first:
        return _exit_code(report, runs)
    with screen.working("drawing"):
        page = train_page.write(job, report, runs, out)
    result = train_page.as_dict(job, report, runs, page)
    (out / "result.json").write_text(dumps(result), encoding="utf-8")
    if as_json:
        typer.echo(dumps(result))
    screen.say(f"report: {page}")
    return _exit_code(report, runs)


def _run(job: Job, gradient: str, screen: Screen, quiet: bool) -> TrainResult:
    """Train with one gradient; tell what it went on from, and write its parameters."""
    where = job.place(job.settings.checkpoint, gradient)
    try:
        run = job.run(gradient, progress=not quiet)
    except SystemExit:
        typer.echo(f"handgrad: terminated; saved in {where}, --resume goes on from there", err=True)
        raise
    if run.resumed:
        for sentence in run.resumed.skipped.values():
            screen.say(sentence)
        screen.say(f"{gradient} went on from {run.resumed.path}")
    export = job.place(job.settings.export, gradient)
    if export and together.is_first():
        with blaming_input():
            export_params(run.params, export, layout=job.settings.layout)
        screen.say(f"parameters: {export}")
    return run


def _tell_verified(run: TrainResult, screen: Screen) -> None:
    last = run.verified[-1]
    if last.report.agrees:
        times = words.count(len(run.verified), "time")
        screen.say(f"{run.gradient} was proof-read {times} while it trained, and agreed.")
    else:
        screen.say(f"after epoch {last.epoch} the hand-derived gradient is wrong; it stopped there")
        screen.report(last.report)


def _exit_code(report: Report, runs: Mapping[str, TrainResult]) -> int:
    if any(run.stopped == "interrupted" for run in runs.values()):
        return INTERRUPTED
    return AGREES if train_page.good(report, runs) else DISAGREES


def _optimizer_in_words(job: Job) -> str:
    rate = f"learning rate {job.rate:g} ({job.settings.schedule})"
    batch, epochs = job.options["batch_size"], words.count(job.options["epochs"], "epoch")
    return f"{job.settings.optimizer}, {rate}; batches of {batch}, {epochs}"

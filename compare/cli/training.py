"""The work of ``handgrad train``: compare, train, tell, write."""

from collections.abc import Mapping
from pathlib import Path

import typer

from compare.cli import devices, train_page
from compare.cli import job as jobs
from compare.cli.as_json import dumps
from compare.cli.folder import ready
from compare.cli.job import Job
from compare.cli.misuse import AGREES, DISAGREES, INTERRUPTED, MisuseError
from compare.cli.screen import Screen
from compare.cli.settings import Settings
from compare.cli.wording import data_in_words, network_in_words
from compare.pages import sections
from compare.report import Report, sentences, words
from compare.training import SaveError, TrainResult, together
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
    screen.say(data_in_words(job.data, job.rows))
    screen.say(f"{network_in_words(job.mlp)}; {_optimizer_in_words(job)}.")
    with screen.working("comparing the gradients"):
        report = job.compare()
    screen.say(sentences.verdict(report))

    runs: dict[str, TrainResult] = {}
    for gradient in job.gradients:
        runs[gradient] = _run(job, gradient, screen, quiet=as_json or not first)
        if first:
            _keep_parameters(job, gradient, runs[gradient], out, screen)
        if runs[gradient].stopped == "interrupted":
            break
    screen.say()
    screen.table(sections.training_table(runs))
    for run in runs.values():
        if run.failure:
            screen.say(f"{run.gradient} stopped at {run.failure.message}")
        if run.verified:
            _tell_verified(run, screen)

    if first:
        _write(job, report, runs, out, screen, as_json)
    return _exit_code(report, runs)


def _write(
    job: Job, report: Report, runs: Mapping[str, TrainResult], out: Path, screen: Screen,
    as_json: bool,
) -> None:  # fmt: skip
    """Write the numbers, then the page and its pictures.

    Raises:
        MisuseError: If they cannot be written.
    """
    result = dumps(train_page.as_dict(job, report, runs, out))
    if as_json:
        typer.echo(result)
    try:
        (out / "result.json").write_text(result, encoding="utf-8")
        with screen.working("drawing"):
            page = train_page.write(job, report, runs, out)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MisuseError(
            f"the report cannot be written to {out}: {reason}; the parameters are there already"
        ) from error
    screen.say(f"report: {page}")


def _run(job: Job, gradient: str, screen: Screen, quiet: bool) -> TrainResult:
    """Train with one gradient, and tell what it went on from."""
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
    return run


def _keep_parameters(job: Job, gradient: str, run: TrainResult, out: Path, screen: Screen) -> None:
    """Write the parameters as soon as there are any: into the folder, and where else asked for.

    Raises:
        MisuseError: If one of the files cannot be written; the other is, if it can be.
    """
    export = job.place(job.settings.export, gradient)
    layouts = {out / f"parameters-{gradient}.npz": "house"}
    if export:
        layouts[export] = job.settings.layout
    failures, kept = [], [run.resumed.path] if run.resumed else []
    for path, layout in layouts.items():
        try:
            kept.append(export_params(run.params, path, layout=layout))
        except SaveError as error:
            failures.append(str(error))
    if failures:
        where = f" They are in {kept[-1]}." if kept else " Make room, and run it again."
        raise MisuseError(" ".join(failures) + where)
    if export:
        screen.say(f"parameters: {export}")


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

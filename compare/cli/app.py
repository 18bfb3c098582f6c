"""The command ``handgrad`` and its parts. Nothing heavy is imported before it is needed."""

from typing import Annotated

import typer

from compare.cli import audit, bench, check, demo, gallery, lectures, sweep, train
from compare.cli.versions import versions

EPILOG = """\b
Begin with
  handgrad demo                      what it does, on handwritten digits, in a minute
  handgrad check model.py            is my gradient right? if not, where does it go wrong?
  handgrad audit model.py:loss       are the derivative rules that it meets right?
  handgrad train --gradient both     the same network with both gradients, side by side
  handgrad lectures                  the equations of five lectures, proof-read
  handgrad gallery                   the lectures' systems and claims, each run and drawn

Each command has its own --help, with examples. Exit codes: 0 agreement, 1 disagreement, 2 misuse.
"""

app = typer.Typer(
    name="handgrad",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app.command("demo", epilog=demo.EPILOG, short_help="All of it on handwritten digits.")(demo.demo)
app.command("check", epilog=check.EPILOG, no_args_is_help=True, short_help="Is my gradient right?")(
    check.check
)
app.command(
    "audit", epilog=audit.EPILOG, no_args_is_help=True, short_help="Are the rules it meets right?"
)(audit.audit)
app.command("train", epilog=train.EPILOG, short_help="Train with either gradient.")(train.train)
app.command("sweep", epilog=sweep.EPILOG, short_help="Train many models at once.")(sweep.sweep)
app.command("lectures", epilog=lectures.EPILOG, short_help="Five lectures, proof-read.")(
    lectures.lectures
)
app.command("gallery", epilog=gallery.EPILOG, short_help="The lectures' claims, run and drawn.")(
    gallery.gallery
)
app.command(
    "bench",
    epilog=bench.EPILOG,
    context_settings=_PASSED_ON,
    short_help="Speed beside other engines.",
)(bench.bench)


def _tell_version(wanted: bool) -> bool:
    if wanted:
        typer.echo(", ".join(f"{name} {version}" for name, version in versions().items()))
        raise typer.Exit
    return wanted


@app.callback()
def handgrad(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Versions.")
    ] = False,
) -> None:
    """Proof-reader and engine for hand-derived gradients.

    Compares a gradient that somebody derived by hand with autodiff, node by node, and names the
    first equation that is wrong. Once right, the same derivation trains at full speed.
    """


def main() -> None:
    """Run the command line."""
    app(prog_name="handgrad")

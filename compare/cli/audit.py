"""``handgrad audit``: check every derivative rule that a function meets."""

from typing import Annotated, Any

import typer

from compare.cli import shapes, target, user_code
from compare.cli.misuse import AGREES, DISAGREES, MisuseError, exits
from compare.cli.publishing import GithubOption, Publisher, SarifOption, own_output
from compare.cli.screen import Screen

EPILOG = """\b
  handgrad audit jax.nn:gelu --shape f32[8]              a function of a library
  handgrad audit model.py:loss                           on `loss_inputs` or `inputs` of the file
  handgrad audit package.model:loss --declare straight_through
  handgrad audit model.py:loss --sarif audit.sarif --github

\b
Exit code 0 all rules agree or are declared, 1 one does not, 2 misuse.
"""


def audit(
    target_: Annotated[
        str, typer.Argument(metavar="MODULE:FUNCTION", help="Or FILE:FUNCTION: what to run.")
    ],
    shape: Annotated[
        list[str] | None,
        typer.Option(metavar="DTYPE[LENGTHS]", help="An argument to draw, as f32[4,3]; repeat."),
    ] = None,
    declare: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A rule that is meant to differ; repeat."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    sarif: SarifOption = None,
    github: GithubOption = False,
) -> None:
    """Check every custom_vjp and custom_jvp that a function meets against its plain body.

    The function is run on `FUNCTION_inputs` or `inputs` of its module (the tuple of arguments, or a
    function returning it), or on arrays drawn in the shapes given. Rules are found wherever they
    are nested: jit, scan, while, cond, vmap, remat, other rules. One line a rule, the worst first.
    """
    with exits():
        publisher = Publisher(sarif, github, aside=as_json)
        screen = Screen(silent=as_json)
        with publisher.telling_failures(), own_output(as_json):
            report = _report(target_, shape or [], declare or [], seed, screen)
        if as_json:
            typer.echo(report.to_json())
        else:
            _show(report, screen)
        from compare.findings import of_audit

        publisher.publish(of_audit(report))
    raise typer.Exit(AGREES if report.agrees else DISAGREES)


def _report(named: str, shape: list[str], declared: list[str], seed: int, screen: Screen) -> Any:
    """Run the audit; what goes wrong in the user's code, or in what was given, is told."""
    with screen.working("importing"):
        module, name, function = target.function_of(named)
        arguments = shapes.drawn(shape, seed) if shape else target.inputs_of(module, name, named)
        from compare.agreement import DerivationError
        from compare.auditing import audit as run
    try:
        with screen.working(f"auditing {named}"):
            return run(function, *arguments, by_design=declared, seed=seed)
    except DerivationError as error:
        raise MisuseError(str(error), user_code.place_of(error)) from error
    except ValueError as error:
        if "by_design" in str(error):
            raise MisuseError(str(error).replace("by_design", "--declare", 1)) from error
        raise


def _show(report: Any, screen: Screen) -> None:
    """Print one line a rule, then the reports of those that are wrong."""
    typer.echo(report.summary)
    for rule in report.wrong:
        screen.heading(rule.report.name)
        screen.report(rule.report)
    if report.undeclared:
        names = " ".join(f"--declare {rule.report.name}" for rule in report.undeclared)
        screen.say()
        screen.say(f"if that is meant: {names}")

"""``handgrad check``: proof-read the hand-derived gradients of a file."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from compare.cli import user_code, watching
from compare.cli.derivations import Derivation, find
from compare.cli.misuse import AGREES, DISAGREES, MisuseError, exits
from compare.cli.publishing import GithubOption, Publisher, SarifOption, own_output
from compare.cli.screen import Screen
from compare.report import words

EPILOG = """\b
A file to check, model.py:
  import jax, jax.numpy as jnp
  def loss(w, x):      return jnp.mean(jnp.tanh(x @ w))
  def gradient(w, x):  return x.T @ (1 - jnp.tanh(x @ w)**2) / len(x)
  inputs = (jax.random.normal(jax.random.key(0), (3,)), jnp.ones((4, 3)))

\b
  handgrad check model.py            all checks of the file
  handgrad check model.py:attention  attention_loss, attention_gradient, attention_inputs
  handgrad check model.py --github   in CI: marks the lines (or --sarif FILE)
  handgrad check model.py --json     for a script; exit code 0 agrees, 1 differs, 2 misuse
"""


def check(
    target: Annotated[
        str, typer.Argument(metavar="FILE[:NAME]", help="Python file, and one check in it.")
    ],
    argnums: Annotated[
        str, typer.Option(help="Arguments that gradients are taken of, as 0 or 0,1.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Of the check's own random draws.", min=0)] = 0,
    full: Annotated[bool, typer.Option("--all", help="List passing nodes, however many.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    sarif: SarifOption = None,
    github: GithubOption = False,
    watch: Annotated[bool, typer.Option("--watch", help="Check again on every save.")] = False,
) -> None:
    """Compare hand-derived gradients with autodiff, node by node.

    FILE defines `loss`, `gradient` (a drop-in for jax.grad of it) and `inputs` (the tuple of
    arguments, or a function returning it). Several: NAME_loss, NAME_gradient, NAME_inputs, or a
    dictionary checks = {"NAME": (loss, gradient, inputs)}. `argnums` is optional. You choose no
    tolerance: a right formula agrees in float64 to rounding.
    """
    with exits():
        if watch:
            again = watching.options(
                argnums=argnums, seed=seed, full=full, sarif=sarif, github=github
            )
            raise typer.Exit(_watched(target, again, as_json))
        publisher = Publisher(sarif, github, aside=as_json)
        screen = Screen(silent=as_json)
        with publisher.telling_failures(), own_output(as_json):
            reports = {
                derivation.name: _report(derivation, numbers, seed, screen)
                for numbers in [_numbers(argnums)]
                for derivation in _chosen(target)
            }
        if as_json:
            typer.echo(_as_json(target, reports))
        else:
            _show(reports, full, screen)
        _publish(publisher, reports)
    raise typer.Exit(AGREES if all(r.agrees for r in reports.values()) else DISAGREES)


def _watched(target: str, options: list[str], as_json: bool) -> int:
    """Check now and on every save; return the last exit code."""
    file, _ = _file_and_name(target)
    if as_json:
        raise MisuseError("--watch prints many reports, --json is one; leave one of them out")
    if not file.is_file():
        raise MisuseError(f"{file}: no such file; give a Python file: handgrad check FILE --watch")
    return watching.watch(file, ["check", target, *options], Screen())


def _file_and_name(target: str) -> tuple[Path, str]:
    file, _, name = (target, "", "") if Path(target).exists() else target.rpartition(":")
    return (Path(file), name) if file else (Path(target), "")


def _chosen(target: str) -> list[Derivation]:
    """Return the checks that FILE[:NAME] asks for."""
    from functional_nn.names import lookup

    file, name = _file_and_name(target)
    found = find(file)
    if not name:
        return list(found.values())
    try:
        return [lookup("check", name, found)]
    except ValueError as error:
        raise MisuseError(f"{file}: {error}") from error


def _numbers(argnums: str) -> int | tuple[int, ...] | None:
    if not argnums:
        return None
    try:
        numbers = tuple(int(part) for part in argnums.split(","))
    except ValueError:
        raise MisuseError(f"--argnums is {argnums!r}; wanted positions, as 0 or 0,1") from None
    return numbers[0] if len(numbers) == 1 else numbers


def _report(
    derivation: Derivation, argnums: int | tuple[int, ...] | None, seed: int, screen: Screen
) -> Any:
    """Check one derivation; an error in the user's code is told by its line."""
    from compare.agreement import check_gradient

    arguments = derivation.arguments()
    wanted = derivation.argnums if argnums is None else argnums
    try:
        with screen.working(f"checking {derivation.name}"):
            return check_gradient(
                derivation.loss, derivation.gradient, *arguments, argnums=wanted, seed=seed
            )
    except Exception as error:
        if user_code.raised_in_theirs(error):
            told = user_code.their_error(error)
            message = f"{derivation.name} cannot be run.\n{told}"
            raise MisuseError(message, user_code.place_of(error)) from error
        if isinstance(error, (ValueError, TypeError)):
            place = user_code.place_of(error)
            written = place if place[1] else user_code.definition_of(derivation.gradient)
            cause = getattr(error, "diagnosis", None)
            raise MisuseError(f"{derivation.name}: {error}", written, cause) from error
        raise


def _publish(publisher: Publisher, reports: dict[str, Any]) -> None:
    from compare.findings import of_check

    publisher.publish([found for name, r in reports.items() for found in of_check(name, r)])


def _show(reports: dict[str, Any], full: bool, screen: Screen) -> None:
    for name, report in reports.items():
        if len(reports) > 1:
            screen.heading(name)
        screen.report(report, full)
    if len(reports) > 1:
        wrong = [name for name, report in reports.items() if not report.agrees]
        differ = f"{words.listed(wrong)} {'differs' if len(wrong) == 1 else 'differ'} from autodiff"
        screen.say()
        screen.say(f"{len(reports)} checks: {differ if wrong else 'all agree'}.")


def _as_json(target: str, reports: dict[str, Any]) -> str:
    checks = {name: json.loads(report.to_json()) for name, report in reports.items()}
    agrees = all(report.agrees for report in reports.values())
    return json.dumps({"target": target, "agrees": agrees, "checks": checks}, indent=2)

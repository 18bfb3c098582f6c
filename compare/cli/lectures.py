"""``handgrad lectures``: the equations of five lectures, proof-read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from compare.cli import as_json
from compare.cli.folder import writable
from compare.cli.misuse import AGREES, DISAGREES, MisuseError, exits
from compare.cli.screen import Screen
from compare.cli.versions import versions

EPILOG = """\b
  handgrad lectures                        one line an equation, then what is wrong in the slides
  handgrad lectures L2-06                  one equation in full; L2 alone: that lecture
  handgrad lectures --html lectures.html   one page with typeset mathematics, to be read offline
  handgrad lectures --json                 for a script

\b
Verdicts are computed each time: agrees; a convention (right, but by another convention than the
house's); right on paper but loses digits; breaks in floating point (inf, nan); cannot be read
literally; wrong. Exit code 0 when every equation agrees as printed or as mended, 1 when one does in
neither form, 2 misuse.
"""


def lectures(
    which: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One equation, L2-06, or one lecture, L2.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write a page, complete in itself.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Proof-read the equations that five lectures print.

    Each was transcribed as it stands on the slide, index for index and sum for sum, and is compared
    with autodiff, then run at extreme inputs in float32 and float64, and held against
    its own value in hundreds of digits there.
    """
    with exits():
        if html is not None:
            writable(html, "--html")
        screen = Screen(silent=json)
        with screen.working("importing JAX"):
            from compare.cli import lectures_text as text
            from compare.lectures import proofread
            from compare.pages import lectures as page
        chosen = _chosen(which)
        with screen.counting("proof-reading", len(chosen)) as done:
            found = {}
            for name, entry in chosen.items():
                found[name] = proofread(entry)
                done()
        if json:
            typer.echo(as_json.dumps(text.record(found)))
        elif len(found) == 1:
            text.show_one(next(iter(found.values())), screen)
        else:
            text.show_all(found, screen)
        if html is not None:
            command = " ".join(
                part for part in ("handgrad lectures", which or "", "--html", str(html)) if part
            )
            page.write(found, text.lectures_of(found), html, command, versions())
            screen.say()
            screen.say(f"page: {html}")
        good = all(verdict.settled for verdict in found.values())
    raise typer.Exit(AGREES if good else DISAGREES)


def _chosen(which: str | None) -> Mapping[str, Any]:
    """Return the entries asked for."""
    from functional_nn.names import lookup
    from manual_backprop.lectures import entries
    from manual_backprop.lectures import lectures as all_lectures

    if which is None:
        return entries
    asked = which.upper()
    if asked in all_lectures:
        return {entry.id: entry for entry in all_lectures[asked].entries}
    try:
        return {asked: lookup("equation", asked, entries)}
    except ValueError as error:
        hint = str(error).partition("known: ")[0]
        known = ", ".join(
            f"{one.entries[0].id} to {one.entries[-1].id}" for one in all_lectures.values()
        )
        raise MisuseError(f"{hint}known: {known}; {', '.join(all_lectures)}") from error

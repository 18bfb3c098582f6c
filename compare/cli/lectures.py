"""``handgrad lectures``: the equations of five lectures, proof-read."""

import re
import shlex
from collections.abc import Mapping, Sequence
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
  handgrad lectures L4-07 L4-10 L1         several, in the order of the lectures
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
        list[str] | None,
        typer.Argument(metavar="ID", help="Equations, L2-06, or lectures, L2; all if none."),
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
        chosen = _chosen(which or ())
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
                ("handgrad lectures", *(which or ()), "--html", shlex.quote(str(html)))
            )
            page.write(found, text.lectures_of(found), html, command, versions())
            screen.say()
            screen.say(f"page: {html}")
        good = all(verdict.settled for verdict in found.values())
    raise typer.Exit(AGREES if good else DISAGREES)


def _chosen(which: Sequence[str]) -> Mapping[str, Any]:
    """Return the entries asked for, in the order of the lectures."""
    from manual_backprop.lectures import entries

    found = {id_ for asked in which for id_ in _ids(asked.upper())}
    return {id_: entry for id_, entry in entries.items() if id_ in found or not which}


def _ids(asked: str) -> list[str]:
    """Return the entries that an ID stands for: one, or those of a lecture."""
    from functional_nn.names import lookup
    from manual_backprop.lectures import entries
    from manual_backprop.lectures import lectures as all_lectures

    if asked in all_lectures:
        return [entry.id for entry in all_lectures[asked].entries]
    if re.fullmatch(r"S\d(-\d+)?", asked):
        raise MisuseError(_of_the_gallery(asked))
    try:
        return [lookup("equation", asked, entries).id]
    except ValueError as error:
        hint = str(error).partition("known: ")[0]
        known = ", ".join(
            f"{one.entries[0].id} to {one.entries[-1].id}" for one in all_lectures.values()
        )
        raise MisuseError(f"{hint}known: {known}; {', '.join(all_lectures)}") from error


def _of_the_gallery(asked: str) -> str:
    """Return where a system is to be found: "S2-6" is the herd."""
    from compare.gallery import entries as of_systems

    found = of_systems().get(asked)
    run = f"handgrad gallery {found.name}" if found else "handgrad gallery --list"
    what = "runs it" if found else "names them"
    return f"{asked} is no equation but a system of the lectures; {run} {what}"

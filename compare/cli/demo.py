"""``handgrad demo``: what handgrad does, shown on handwritten digits."""

from pathlib import Path
from typing import Annotated

import typer

from compare.cli.folder import ready
from compare.cli.misuse import AGREES, DISAGREES, exits
from compare.cli.screen import Screen

EPILOG = """\b
It shows, on real input:
  1. the hand-derived gradients of a network agree with autodiff, node by node
  2. a derivation with a mistake in it is caught, and the first wrong node named
  3. both gradients train the network to the same test accuracy
  4. step by step the two runs stay together, to rounding

\b
Exit code 0 when all four hold, 1 when not.
"""


def demo(
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the report is written.")
    ] = Path("runs/demo"),
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of all that is drawn.")] = 0,
) -> None:
    """Show what handgrad does, on handwritten digits, within a minute; write a report."""
    with exits():
        ready(out)
        screen = Screen()
        screen.say("handgrad: hand-derived gradients, proof-read and trained. (a minute)")
        raise typer.Exit(AGREES if _demonstrate(screen, out, seed) else DISAGREES)


def _demonstrate(screen: Screen, out: Path, seed: int) -> bool:
    """Measure, say what comes out as it comes, write the report; return whether all is good."""
    with screen.working("importing JAX"):
        from compare.cli import demo_page
        from compare.cli import demonstration as show
        from compare.cli.wording import data_in_words, network_in_words
        from compare.pages import sections
    on = show.subject(seed)
    screen.say(data_in_words(on.data))
    screen.say(f"{network_in_words(on.mlp)}.")

    screen.heading("1. Do the hand-derived gradients agree with autodiff, node by node?")
    with screen.working("comparing"):
        agreement = show.agreement(on)
    screen.report(agreement, full=True)

    screen.heading("2. Is a mistake caught, and its first wrong node named?")
    screen.say(f"planted in layer {show.LAYER}: {show.MISTAKE.what}")
    screen.say()
    with screen.working("comparing"):
        caught = show.caught(on)
    screen.report(caught)

    screen.heading("3. Do both gradients train the network to the same accuracy?")
    runs = {name: show.run(on, name, screen.on_terminal) for name in ("manual", "autodiff")}
    screen.table(sections.training_table(runs))

    screen.heading("4. Do two runs on the same batches stay together?")
    with screen.working("training with both at once"):
        together = show.together(on)
    screen.say(str(together))

    reading = show.what_it_says(on, runs["manual"])
    found = show.Demonstration(agreement, caught, runs, together, reading)
    with screen.working("drawing the report"):
        page = demo_page.write(on, found, out)
    screen.heading("Yes." if found.good else "No.")
    screen.say(demo_page.verdict(found))
    screen.say(f"report: {page}")
    return found.good

"""``handgrad demo``: what handgrad does, shown on handwritten digits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.cli.folder import ready
from compare.cli.misuse import AGREES, DISAGREES, exits
from compare.cli.screen import Screen
from compare.cli.versions import versions

if TYPE_CHECKING:
    from compare.cli.demonstration import Demonstration, Subject

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
    with screen.working("importing JAX"):
        from compare.cli import demonstration as show
    on = show.subject(seed)
    train = on.data.train
    screen.say(
        f"{train.name}: {len(on.data)} pictures of {train.n_features} pixels, {train.classes} "
        f"classes; network {'-'.join(map(str, on.mlp.sizes))}, {' and '.join(on.mlp.activations)}."
    )

    screen.heading("1. Do the hand-derived gradients agree with autodiff?")
    with screen.working("comparing node by node"):
        agreement = show.agreement(on)
    screen.report(agreement, full=True)

    screen.heading("2. Is a mistake caught?")
    screen.say(f"Planted in layer {show.LAYER}: {show.MISTAKE.what}")
    screen.say()
    with screen.working("comparing node by node"):
        caught = show.caught(on)
    screen.report(caught)

    screen.heading("3. Do both gradients train the network?")
    runs = {name: show.run(on, name, screen.on_terminal) for name in ("manual", "autodiff")}
    from compare.pages import sections

    screen.table(sections.training_table(runs))

    screen.heading("4. Do the two runs stay together?")
    with screen.working("training with both at once"):
        together = show.together(on)
    screen.say(f"{together}")

    found = show.Demonstration(
        agreement, show.MISTAKE, show.LAYER, caught, runs, together,
        show.what_it_says(on, runs["manual"]),
    )  # fmt: skip
    with screen.working("drawing"):
        page = _write(on, found, out)
    screen.heading("Report")
    screen.say(f"{_verdict(found)}")
    screen.say(f"{page}  (open it in a browser; its pictures lie beside it)")
    return found.good


def _verdict(found: "Demonstration") -> str:
    """Return what came of the four questions, in a sentence."""
    hand, autodiff = (100 * run.test_accuracy for run in found.runs.values())
    nodes = len(found.agreement.nodes)
    first = found.caught.first_wrong
    return "; ".join(
        (
            f"all {nodes} nodes agree" if found.agreement.agrees else "not all nodes agree",
            f"the mistake is caught at {first.name}" if first else "the mistake is not caught",
            f"test accuracy {hand:.2f} % by hand, {autodiff:.2f} % by autodiff",
            f"the runs {'stay together' if found.lockstep.together else 'part'}.",
        )
    )


def _write(on: "Subject", found: "Demonstration", out: Path) -> Path:
    """Write the report and return its path."""
    from compare.pages import Page, sections, write

    parts = (
        sections.agreement_section(
            found.agreement,
            "1. Agreement, node by node",
            "Every delta and every gradient of the network, derived by hand and by autodiff.",
        ),
        sections.agreement_section(
            found.caught,
            "2. A mistake is caught",
            f"Planted in layer {found.layer}: {found.mistake.what}",
            name="mistake",
        ),
        sections.training_section(found.runs, "3. Training with both gradients"),
        sections.lockstep_section(found.lockstep, "4. The two runs in lockstep"),
        sections.test_section(found.reading, "the hand-derived gradient"),
    )
    page = Page(
        title="Hand-derived gradients of handwritten digits",
        verdict=_verdict(found),
        good=found.good,
        facts=_facts(found),
        sections=tuple(part for part in parts if part),
        settings=_settings(on),
        command=f"handgrad demo --seed {on.seed}",
        versions=versions(),
    )
    return write(page, out)


def _facts(found: "Demonstration") -> dict[str, str]:
    from compare.report import words

    hand, autodiff = found.runs.values()
    largest = max(node.formula_error for node in found.agreement.nodes)
    first = found.caught.first_wrong
    return {
        "largest formula error": words.error(largest),
        "first wrong node": f"{first.name}" if first else "none",
        "test accuracy, hand": f"{100 * hand.test_accuracy:.2f} %",
        "test accuracy, autodiff": f"{100 * autodiff.test_accuracy:.2f} %",
        "apart after 200 steps": words.error(found.lockstep.worst.size),
    }


def _settings(on: "Subject") -> dict[str, str]:
    from compare.cli import demonstration as show

    return {
        "data": repr(on.data),
        "network": repr(on.mlp),
        "optimizer": f"adam, learning rate {show.LEARNING_RATE:g}, cosine to 0",
        "batch": str(show.ROWS),
        "epochs": str(show.EPOCHS),
        "dtype": "float32; lockstep in float64",
        "seed": str(on.seed),
    }

"""The report page of ``handgrad demo``."""

from pathlib import Path

from compare import pages
from compare.cli import demonstration as show
from compare.cli.demonstration import Demonstration, Subject
from compare.cli.versions import versions
from compare.cli.wording import data_in_words, network_settings, percent
from compare.pages import Page, sections
from compare.report import words


def write(on: Subject, found: Demonstration, out: Path) -> Path:
    """Write the report and its pictures; return the page's path."""
    page = Page(
        title="Hand-derived gradients of handwritten digits",
        verdict=verdict(found),
        good=found.good,
        facts=_facts(found),
        sections=_sections(on, found),
        settings=_settings(on),
        command=f"handgrad demo --seed {on.seed}",
        versions=versions(),
    )
    return pages.write(page, out)


def verdict(found: Demonstration) -> str:
    """Return what came of the four questions, in a sentence."""
    hand, autodiff = (percent(run.test_accuracy) for run in found.runs.values())
    nodes, first = len(found.agreement.nodes), found.caught.first_wrong
    answers = (
        f"all {nodes} nodes agree" if found.agreement.agrees else "not all nodes agree",
        f"the mistake is caught, first at {first.name}" if first else "the mistake is not caught",
        f"test accuracy {hand} by hand and {autodiff} by autodiff",
        f"the two runs {'stay together' if found.lockstep.together else 'part'}",
    )
    return "; ".join(answers) + "."


def _sections(on: Subject, found: Demonstration) -> tuple[pages.Section, ...]:
    parts = (
        sections.agreement_section(
            found.agreement,
            "1. Agreement, node by node",
            data_in_words(on.data),
            "Every delta and every gradient of the network, derived by hand and by autodiff.",
        ),
        sections.agreement_section(
            found.caught,
            "2. A mistake is caught",
            f"Planted in layer {show.LAYER}: {show.MISTAKE.what}",
            name="mistake",
        ),
        sections.training_section(found.runs, "3. Training with both gradients"),
        sections.lockstep_section(found.lockstep, "4. Two runs in lockstep"),
        sections.test_section(found.reading, "the hand-derived gradient"),
    )
    return tuple(part for part in parts if part)


def _facts(found: Demonstration) -> dict[str, str]:
    hand, autodiff = found.runs.values()
    largest = max(node.formula_error for node in found.agreement.nodes)
    first = found.caught.first_wrong
    return {
        "largest formula error": words.error(largest),
        "first wrong node": first.name if first else "none",
        "test accuracy, hand": percent(hand.test_accuracy),
        "test accuracy, autodiff": percent(autodiff.test_accuracy),
        "furthest apart": words.error(found.lockstep.worst.size),
    }


def _settings(on: Subject) -> dict[str, str]:
    return {
        "data": on.data.train.name,
        **network_settings(on.mlp),
        "optimizer": "adam",
        "learning rate": f"{show.LEARNING_RATE:g}, cosine",
        "batch": str(show.ROWS),
        "epochs": str(show.EPOCHS),
        "seed": str(on.seed),
        "dtype": "float32; lockstep in float64",
    }

"""The work of ``handgrad gallery``: run, tell, draw, write."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from compare.cli.folder import ready
from compare.cli.misuse import AGREES, DISAGREES, blaming_input
from compare.cli.screen import Screen
from compare.cli.versions import versions
from compare.gallery import LECTURES, Budget, System, page, systems
from compare.gallery.kept import earlier, keep, together
from compare.report.tables import Table
from functional_nn.datasets import load
from functional_nn.names import lookup


def tell_names() -> None:
    """Print every system's name, its entries and its title, by lecture."""
    screen = Screen()
    for number, title in enumerate(LECTURES):
        screen.heading(f"L{number}. {title}")
        rows = tuple(
            (system.name, ", ".join(system.entries), system.title)
            for system in systems.values()
            if system.lecture == number
        )
        screen.table(Table(("name", "entries", "what"), rows, (), (False,) * 3))


def work(name: str, out: Path, seed: int, data: str, share: float) -> int:
    """Run what was asked for, write page and pictures, and return the exit code.

    The page lists what earlier runs left in the folder as well; verdict and exit code are of this
    run.
    """
    with blaming_input():
        chosen = (lookup("system", name, systems),) if name else tuple(systems.values())
        budget = _budget(share, data)
        if data != "digits":
            load(data, classes=(0, 1), seed=seed)
        before = earlier(out)
    ready(out)
    screen = Screen()
    options = _options(seed, data, share)
    shown = _run(chosen, budget, seed, out, options, screen)
    everything = together(before, shown)
    command = _command(name, options)
    written = page.GalleryPage(everything, command, versions(), len(everything) - len(shown))
    path = page.write(written, out)
    keep(everything, out)
    of_this_run = page.GalleryPage(shown, command)
    screen.say()
    screen.say(of_this_run.verdict)
    screen.say(f"page: {path}" + (f", with {written.kept} from before" if written.kept else ""))
    return AGREES if of_this_run.good else DISAGREES


def _budget(share: float, data: str) -> Budget:
    try:
        return Budget(share, data)
    except ValueError:
        raise ValueError(
            f"--budget is {share:g}; wanted a share of the work, more than 0 and at most 1: 0.3 "
            "for a quick look"
        ) from None


def _run(
    chosen: Sequence[System], budget: Budget, seed: int, out: Path, options: str, screen: Screen
) -> list[page.Shown]:
    """Run one after the other, with a bar on a terminal and a line for each."""
    columns = (
        BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
    )  # fmt: skip
    shown = []
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=len(chosen))
        for system in chosen:
            bar.update(task, description=system.name)
            found = system.compute(budget, seed)
            each = page.show(system, found, out, _command(system.name, options))
            shown.append(each)
            _tell(each, len(chosen) == 1, screen)
            bar.advance(task)
    return shown


def _tell(each: page.Shown, full: bool, screen: Screen) -> None:
    ids = ", ".join(each.entries)
    screen.say(f"{'holds' if each.holds else 'FAILS'}  {each.name} ({ids}): {each.title}")
    if full or not each.holds:
        screen.say(each.claim)
        rows = tuple(each.figures.items())
        screen.table(Table(("what", "how much"), rows, (), (False, False)))


def _command(name: str, options: str) -> str:
    return " ".join(word for word in ("handgrad gallery", name, options) if word)


def _options(seed: int, data: str, share: float) -> str:
    words = [f"--seed {seed}"] * bool(seed)
    words += [f"--data {shlex.quote(data)}"] * (data != "digits")
    words += [f"--budget {share:g}"] * (share != 1)
    return " ".join(words)

"""``handgrad gallery``: its options and its help; the work is in ``compare.cli.gallery_show``."""

from pathlib import Path
from typing import Annotated

import typer

from compare.cli.misuse import exits

EPILOG = """\b
Examples:
  handgrad gallery                          all systems, about five minutes
  handgrad gallery herd                     one of them
  handgrad gallery --list                   their names, and which entries they are of
  handgrad gallery zeros-and-ones --data mnist   on MNIST's four IDX files

\b
The page in FOLDER lists every picture that lies there: of one system run alone, beside those of
earlier runs. Exit code 0 when every claim holds, 1 when one does not, 2 for misuse.
"""


def gallery(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One system; all if left out.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="List the systems, and stop.")] = False,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where page and pictures are written.")
    ] = Path("runs/gallery"),
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of all that is drawn.")] = 0,
    data: Annotated[
        str,
        typer.Option(metavar="NAME|FOLDER", help="Digits: a folder with IDX files, as MNIST's."),
    ] = "digits",
    budget: Annotated[
        float, typer.Option(metavar="X", help="Share of the work, as 0.3 for a quick look.")
    ] = 1.0,
) -> None:
    """Run the lectures' systems and claims; write their pictures and one page.

    Perceptron, decision regions, vanishing gradients, learning rates, local minima, the herd
    effect and the others: each computes what the lecture claims, says whether the numbers bear it
    out, and draws it. Training is by hand-derived gradients throughout.
    """
    with exits():
        from compare.cli import gallery_show

        if listed:
            gallery_show.tell_names()
            raise typer.Exit
        raise typer.Exit(gallery_show.work(name, out, seed, data, budget))

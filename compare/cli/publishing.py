"""Where findings go besides the screen: a SARIF file, and GitHub's annotations."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from compare.cli.misuse import MisuseError

SarifOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--sarif", metavar="FILE", help="Write what was found as SARIF 2.1.0."),
]
GithubOption: TypeAlias = Annotated[
    bool, typer.Option("--github", help="Print annotations, so that GitHub marks the lines.")
]


@dataclass(frozen=True)
class Publisher:
    """Hands findings on.

    Attributes:
        sarif: File to write SARIF to.
        github: Whether to print annotations.
        aside: Whether the output belongs to something else; annotations then go to the error
            stream, which GitHub reads as well.
    """

    sarif: Path | None
    github: bool
    aside: bool = False

    def __post_init__(self) -> None:
        """Try the file before work begins.

        Raises:
            MisuseError: If it cannot be written.
        """
        if self.sarif is None:
            return
        folder = self.sarif.parent
        reason = ""
        if self.sarif.is_dir():
            reason = "it is a folder"
        elif not folder.is_dir():
            reason = f"there is no folder {folder}"
        elif not os.access(self.sarif if self.sarif.exists() else folder, os.W_OK):
            reason = "permission denied"
        if reason:
            raise MisuseError(f"--sarif {self.sarif}: {reason}; give a file that can be written")

    def publish(self, findings: Iterable[Any], failures: Iterable[str] = ()) -> None:
        """Write and print what is wanted."""
        from compare import findings as form

        found, failed = list(findings), list(failures)
        if self.github:
            for line in form.annotations(found):
                typer.echo(line, err=self.aside)
        if self.sarif is not None:
            text = json.dumps(form.sarif(found, failed), indent=2, allow_nan=False)
            self.sarif.write_text(text + "\n", encoding="utf-8")

    @contextmanager
    def telling_failures(self) -> Iterator[None]:
        """Publish why nothing could be checked, too, at the line that is to blame."""
        try:
            yield
        except MisuseError as error:
            if self.github or self.sarif is not None:
                self.publish(_failure(error), [str(error)])
            raise


def _failure(error: MisuseError) -> list[Any]:
    from compare.findings import of_failure

    return of_failure(str(error), error.place, error.diagnosis)


def own_output(as_json: bool) -> AbstractContextManager[Any]:
    """Keep what a user's file prints out of the middle of the JSON."""
    return redirect_stdout(sys.stderr) if as_json else nullcontext()

"""Runs of ``handgrad train`` that its tests share, and how it refuses."""

from typer.testing import CliRunner, Result

from compare.cli.app import app

#: A run that takes no time.
SMALL = ("--data", "xor", "--hidden", "6", "--batch", "50", "--patience", "0")


def run(*options: str) -> Result:
    result = CliRunner().invoke(app, ["train", *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def refused(result: Result, message: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith(f"handgrad: error: {message}")
    assert "Traceback" not in result.stderr

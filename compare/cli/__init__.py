"""The command line: one module a command of ``handgrad``, ``app`` puts them together."""

from compare.cli.app import main

__all__ = ["main"]

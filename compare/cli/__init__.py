"""The command line: ``handgrad demo``, ``handgrad check``, ``handgrad train``."""

from compare.cli.app import main

__all__ = ["main"]

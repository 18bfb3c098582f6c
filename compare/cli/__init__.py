"""The command line: ``handgrad demo``, ``check``, ``train``, ``gallery``."""

from compare.cli.app import main

__all__ = ["main"]

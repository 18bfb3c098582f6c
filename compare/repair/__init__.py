"""Find the mistake in a derivation: which equation, and the smallest edit that mends it."""

from compare.repair.search import Repair, repair

__all__ = ["Repair", "repair"]

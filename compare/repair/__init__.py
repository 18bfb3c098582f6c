"""Find the mistake in a derivation: which expression, and the smallest edit that mends it."""

from compare.repair.repair import BUDGET, Repair, repair

__all__ = ["BUDGET", "Repair", "repair"]

"""Find the mistake in a derivation: which expression, and the smallest edit that mends it."""

from compare.repair.mend import Repair, repair

__all__ = ["Repair", "repair"]

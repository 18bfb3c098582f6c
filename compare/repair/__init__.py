"""Find the mistake in a derivation: which expression, and the smallest edit that mends it."""

from compare.repair.mend import repair
from compare.repair.telling import Repair

__all__ = ["Repair", "repair"]

"""The systems, algorithms and claims of the lectures: each runs, and draws what it found.

system = systems["herd"]
found = system.compute(Budget(), seed=0)
found.holds, found.figures
system.draw(found)

Training and watching go by the hand-derived gradients. A new system is a module like the others,
with its line in ``compare.gallery.registry``.
"""

from compare.gallery.registry import entries, systems
from compare.gallery.system import LECTURES, Budget, Finding, System

__all__ = ["LECTURES", "Budget", "Finding", "System", "entries", "systems"]

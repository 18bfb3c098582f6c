"""Ways to rewrite an expression: slips of the pen first, then what brings something in."""

from compare.repair.rewrites.atoms import Atom, atoms_of
from compare.repair.rewrites.borrowed import borrowed, forgotten
from compare.repair.rewrites.rebuilt import rebuilt
from compare.repair.rewrites.slips import accumulated, slips
from compare.repair.rewrites.solved import solved

__all__ = ["Atom", "accumulated", "atoms_of", "borrowed", "forgotten", "rebuilt", "slips", "solved"]

"""What a mistake is called, going by the edit that mends it.

The house's kinds are about derivatives that miss something. An equation on a slide can have
something too much, which the edit shows: what is left out is a factor, or a sum. A kind is told
only when an edit was tried and mends it; of what no edit mends, only what a constant ratio says.
"""

import ast
import re

from compare.report import Diagnosis
from compare.report.diagnosis import KINDS

#: Kinds of mistake that a value can have as well as a derivative.
OF_VALUES = frozenset({"wrong-sign", "wrong-constant-factor", "missing-factor", "missing-term"})
#: Kinds that a constant ratio proves, whether or not an edit is known.
BY_RATIO = frozenset({"wrong-sign", "wrong-constant-factor"})

_EDIT = re.compile(r"`(?P<old>[^`]+)` -> `(?P<new>[^`]+)`")


def cause_of(diagnosis: Diagnosis | None, of_value: bool) -> str:
    """Return what the mistake is called, "" when nothing is sure.

    Args:
        diagnosis: Of the judgement.
        of_value: Whether the equation states a value, not a derivative.
    """
    if diagnosis is None:
        return ""
    if not diagnosis.verified:
        return diagnosis.kind if diagnosis.kind in BY_RATIO else ""
    known = OF_VALUES if of_value else frozenset(KINDS) - {"unknown"}
    return _too_much(diagnosis.edit) or (diagnosis.kind if diagnosis.kind in known else "")


def _too_much(edit: str) -> str:
    """Return what an edit leaves out; "" when it does something else."""
    match = _EDIT.fullmatch(edit)
    if not match:
        return ""
    try:
        old, new = (ast.parse(match[name], mode="eval").body for name in ("old", "new"))
    except SyntaxError:
        return ""
    wanted = ast.dump(new)
    if isinstance(old, ast.BinOp) and isinstance(old.op, ast.Mult):
        return "a factor too much" if wanted in map(ast.dump, (old.left, old.right)) else ""
    for node in ast.walk(old):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "sum":
            inside = (part for argument in node.args for part in ast.walk(argument))
            if wanted in map(ast.dump, inside):
                return "a sum too much"
    return ""

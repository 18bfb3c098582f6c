"""Why an equation cannot be read literally, in words of the equation."""

import re

from compare.agreement import DerivationError, GradientStructureError

#: What an equation raises that does not fit together: its arguments, its shapes, an index.
MISFITS = (TypeError, ValueError, IndexError, DerivationError, GradientStructureError)

_SHAPE = re.compile(r"\(([\d, ]*)\)")
#     what Python and JAX say, and what it means
_KNOWN = (
    (
        re.compile(r"(\w+)\(\) takes (\d+) positional arguments? but (\d+) (?:was|were) given"),
        "{0} is a function of {1} argument, and stands here with {2}, a comma between them",
    ),
    (
        re.compile(r"(\w+) got incompatible shapes for broadcasting: (.*?)\.?$"),
        "{0} of elements, but these have the shapes {1}",
    ),
    (
        re.compile(r"dot_general requires contracting dimensions to have the same shape.*"),
        "a matrix product of factors whose inner sizes differ",
    ),
)
_NAMES = {"mul": "a product", "add": "a sum", "sub": "a difference", "div": "a quotient"}


def misfit(error: Exception) -> str:
    """Return what does not fit together, in a sentence without its full stop."""
    raised = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    if isinstance(error, GradientStructureError):
        return raised.partition(";")[0]  # not what a coder does about it
    for pattern, sentence in _KNOWN:
        if match := pattern.search(raised):
            first, *others = match.groups() or ("",)
            shapes = [_SHAPE.sub(r"[\1]", other).replace(",]", "]") for other in others]
            return sentence.format(_NAMES.get(first, first), *map(_listed, shapes))
    return f"its parts do not fit together ({raised})"


def _listed(shapes: str) -> str:
    """Return "[3] and [2]" for "[3], [2]"."""
    return shapes.replace("], [", "] and [")

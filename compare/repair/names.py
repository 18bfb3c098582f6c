"""What the author calls the values of a derivation, in the function where an edit is made."""

from collections.abc import Mapping, Sequence

from compare.program import Place, Program
from compare.program.program import Value
from compare.repair.source import assigned_name, text_of, unpacked

_LONGEST = 32


def names_in(
    program: Program, scope: Place | None, arguments: Sequence[str]
) -> Mapping[Value, str]:
    """Return a name for the values that can be spoken of in a function.

    A value is called by the variable it is assigned to, else by its expression if that is short,
    else, for an input, by its path in the arguments.

    Args:
        program: The derivation.
        scope: A place in the function.
        arguments: A name for each input.
    """
    found: dict[Value, str] = {}
    parts = unpacked(scope) if scope is not None else {}
    for value, name in zip(program.inputs, arguments, strict=True):
        found[value] = _by_part(name, parts)
    for place, value in _results(program).items():
        if scope is not None and (place.file, place.function) != (scope.file, scope.function):
            continue
        name = assigned_name(place)
        if not name:
            name = text_of(place)
            if len(name) > _LONGEST:
                continue
            if not name.isidentifier() and not name.endswith((")", "]")):
                name = f"({name})"
        found.setdefault(value, name)
        if assigned_name(place):
            found[value] = name
    return found


def _results(program: Program) -> dict[Place, Value]:
    """Return for every expression, at every level of calls, the value it came to.

    That is the result of the last equation written while the expression was evaluated. An
    expression that ran more than once, in a loop, has no single value and is left out.
    """
    last: dict[tuple[object, ...], tuple[Place, Value, int]] = {}
    closed: set[tuple[object, ...]] = set()
    for position, equation in enumerate(program.equations):
        place = equation.place
        while place is not None:
            key = (place.file, place.line, place.columns, place.function)
            if key in last and position > last[key][2] + 1 and place.columns != (0, 0):
                closed.add(key)
            if len(equation.outputs) == 1:
                last[key] = (place, equation.outputs[0], position)
            place = place.caller
    return {place: value for key, (place, value, _) in last.items() if key not in closed}


def _by_part(name: str, parts: Mapping[str, str]) -> str:
    """Return what the function calls a part of its arguments, or the path itself."""
    for path in sorted(parts, key=len, reverse=True):
        if name == path:
            return parts[path]
        if name.startswith((path + "[", path + ".")):
            return parts[path] + name[len(path) :]
    return name

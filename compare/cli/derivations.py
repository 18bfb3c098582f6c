"""What a file offers to check, in any of three ways.

    loss, gradient, inputs                    one check, called as the file
    NAME_loss, NAME_gradient, NAME_inputs     several; where one is missing, loss or inputs serve
    checks = {"NAME": (loss, gradient, inputs), ...}

``inputs`` is the tuple of arguments that both functions take, or a function that returns it.
``argnums``, ``NAME_argnums``, or a fourth entry, says which of them gradients are taken of. A name
with a leading underscore is left alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from compare.cli.misuse import MisuseError
from compare.cli.user_code import import_file, their_error

PARTS = ("loss", "gradient", "inputs")
_ALL = (*PARTS, "argnums")
_WANTED = (
    "wanted loss, gradient and inputs; or NAME_loss, NAME_gradient, NAME_inputs; or checks = "
    '{"NAME": (loss, gradient, inputs)}'
)


@dataclass(frozen=True, eq=False)
class Derivation:
    """One hand-derived gradient, and what to check it with.

    Attributes:
        name: Its name in the file.
        loss: The forward function.
        gradient: The hand derivation.
        inputs: The arguments of both, or a function that returns them.
        argnums: Which arguments gradients are taken of.
    """

    name: str
    loss: Callable[..., Any]
    gradient: Callable[..., Any]
    inputs: Any
    argnums: int | tuple[int, ...] = 0

    def arguments(self) -> tuple[Any, ...]:
        """Return the inputs, called for when they are a function.

        Raises:
            MisuseError: If they are no tuple, or the function fails.
        """
        given = self.inputs
        if callable(given):
            try:
                given = given()
            except Exception as error:
                raise MisuseError(
                    f"the inputs of {self.name} fail.\n{their_error(error)}"
                ) from error
        if not isinstance(given, (tuple, list)):
            raise MisuseError(
                f"the inputs of {self.name} are a {type(given).__name__}; wanted a tuple of the "
                "loss's arguments, as in inputs = (params, x, y), or a function that returns one"
            )
        return tuple(given)


def find(file: Path) -> dict[str, Derivation]:
    """Return the checks of a file by name, in its order.

    Raises:
        MisuseError: If the file fails to import, or lacks a name.
    """
    names = vars(import_file(file))
    entries = dict(_named(file, names)) | dict(_listed(file, names.get("checks", {})))
    if not entries:
        raise MisuseError(f"{file} defines no gradient{_nearest('gradient', names)}; {_WANTED}")
    return {name: _derivation(file, name, entry) for name, entry in entries.items()}


def _named(file: Path, names: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and parts of each function called gradient, or NAME_gradient."""
    for full, value in names.items():
        prefix = full.removesuffix("gradient")
        if full.startswith("_") or prefix == full or not (prefix == "" or prefix[-1] == "_"):
            continue
        if prefix == "" or callable(value):
            own = {part: names[prefix + part] for part in _ALL if prefix + part in names}
            shared = {part: names[part] for part in _ALL if part in names}
            yield prefix[:-1] or file.stem, shared | own


def _listed(file: Path, checks: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and parts of each entry of the dictionary ``checks``."""
    if not isinstance(checks, Mapping):
        raise MisuseError(f"{file}: checks is a {type(checks).__name__}; {_WANTED}")
    for name, entry in checks.items():
        if isinstance(entry, Mapping):
            yield str(name), dict(entry)
        elif isinstance(entry, (tuple, list)):
            yield str(name), dict(zip(_ALL, entry, strict=False))
        else:
            kind = type(entry).__name__
            raise MisuseError(f"{file}: checks[{name!r}] is a {kind}; {_WANTED}")


def _derivation(file: Path, name: str, entry: Mapping[str, Any]) -> Derivation:
    """Return a check, once all its parts are there and are what they should be."""
    if missing := [part for part in PARTS if part not in entry]:
        of = "" if name == file.stem else f" for {name}"
        raise MisuseError(f"{file} defines no {' and no '.join(missing)}{of}; {_WANTED}")
    for part in ("loss", "gradient"):
        if not callable(entry[part]):
            kind = type(entry[part]).__name__
            raise MisuseError(f"{file}: the {part} of {name} is a {kind}; wanted a function")
    return Derivation(
        name, entry["loss"], entry["gradient"], entry["inputs"], _argnums(file, name, entry)
    )


def _argnums(file: Path, name: str, entry: Mapping[str, Any]) -> int | tuple[int, ...]:
    given = entry.get("argnums", 0)
    numbers = given if isinstance(given, (tuple, list)) else (given,)
    if not numbers or not all(type(number) is int for number in numbers):
        raise MisuseError(
            f"{file}: the argnums of {name} are {given!r}; wanted a position, 0, or several, (0, 1)"
        )
    return tuple(numbers) if isinstance(given, (tuple, list)) else given


def _nearest(wanted: str, names: Mapping[str, Any]) -> str:
    near = get_close_matches(wanted, [name for name, v in names.items() if callable(v)], n=1)
    return f" (did you mean {near[0]}?)" if near else ""

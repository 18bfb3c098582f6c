"""The function that a command line names, and what it is run on."""

import importlib
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from compare.cli.misuse import MisuseError
from compare.cli.user_code import import_file, place_of, their_error

_WANTED = "give MODULE:FUNCTION, as in jax.nn:relu, or FILE:FUNCTION, as in model.py:loss"


def function_of(target: str) -> tuple[ModuleType, str, Callable[..., Any]]:
    """Return module, name and function of MODULE:FUNCTION or FILE:FUNCTION.

    Raises:
        MisuseError: If there is no such thing, or it is no function.
    """
    source, colon, name = target.rpartition(":")
    if not colon or not source or not name:
        what = "names no function" if not name or not colon else "names no module"
        raise MisuseError(f"{target} {what}; {_WANTED}")
    module = _module(source)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise MisuseError(f"{source} has no {name}{_near(part, found)}; {_WANTED}")
        found = getattr(found, part)
    if not callable(found):
        raise MisuseError(f"{target} is a {type(found).__name__}; wanted a function")
    return module, name, found


def inputs_of(module: ModuleType, name: str, target: str) -> tuple[Any, ...]:
    """Return what a module says its function is run on: NAME_inputs or inputs.

    Raises:
        MisuseError: If it says nothing, or nothing that fits.
    """
    label = next((n for n in (f"{name}_inputs", "inputs") if hasattr(module, n)), "")
    if not label:
        raise MisuseError(
            f"{target.rpartition(':')[0]} has no inputs for {name}: define {name}_inputs or inputs "
            f"there, the tuple of its arguments or a function that returns it; or give shapes, as "
            "in --shape f32[4,3], once for each argument"
        )
    given = getattr(module, label)
    if callable(given):
        try:
            given = given()
        except Exception as error:
            told = f"{label} of {module.__name__} fails.\n{their_error(error)}"
            raise MisuseError(told, place_of(error)) from error
    if not isinstance(given, (tuple, list)):
        raise MisuseError(
            f"{label} is a {type(given).__name__}; wanted a tuple of the arguments of {name}, as "
            f"in {label} = (params, x), or a function that returns one"
        )
    return tuple(given)


def _module(source: str) -> ModuleType:
    if source.endswith(".py") or Path(source).is_file() or "/" in source:
        return import_file(Path(source))
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` finds it
    try:
        return importlib.import_module(source)
    except ModuleNotFoundError as error:
        if error.name and (source == error.name or source.startswith(f"{error.name}.")):
            raise MisuseError(
                f"there is no module {error.name}, neither here nor installed; {_WANTED}"
            ) from error
        raise _unfit(source, error) from error
    except (Exception, SystemExit) as error:
        raise _unfit(source, error) from error


def _unfit(source: str, error: BaseException) -> MisuseError:
    return MisuseError(f"{source} cannot be imported.\n{their_error(error)}", place_of(error))


def _near(wanted: str, owner: Any) -> str:
    near = get_close_matches(wanted, [n for n in dir(owner) if not n.startswith("_")], n=1)
    return f" (did you mean {near[0]}?)" if near else ""

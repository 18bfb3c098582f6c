"""The names that an author gave to the arguments of a function, read where it is defined."""

import ast
import linecache


def argument_names(file: str, line: int) -> tuple[str, ...]:
    """Return the positional arguments of the function that begins on a line.

    Returns:
        Their names; empty when there is no one function there, or the file cannot be read.
    """
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return ()
    found = [arguments for node in ast.walk(tree) for arguments in _arguments(node, line)]
    if len(found) != 1:
        return ()
    (arguments,) = found
    return tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args))


def begins(function: ast.FunctionDef) -> int:
    """Return the line that a function begins on, decorators included, as its code has it."""
    return min([function.lineno, *(one.lineno for one in function.decorator_list)])


def _arguments(node: ast.AST, line: int) -> list[ast.arguments]:
    """Return the arguments of a function that begins on a line, decorators included."""
    if isinstance(node, ast.FunctionDef):
        return [node.args] if line in (begins(node), node.lineno) else []
    return [node.args] if isinstance(node, ast.Lambda) and node.lineno == line else []

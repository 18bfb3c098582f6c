"""What can be brought into a statement: its variables, their parts, and phrases met before."""

import ast
import itertools
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.program.contents import is_object, map_contents, named_parts
from compare.program.program import Value
from compare.program.watch import Ref
from compare.repair.reading import Reading
from compare.repair.rewrites.writing import binary, called, parsed
from compare.repair.source import names_in

_LONGEST = 28
_PARTS = 40


@dataclass(frozen=True, eq=False)
class Atom:
    """Something with a name.

    Attributes:
        node: How it is written.
        content: What it is in the first run, at the caller's inputs.
        phrase: Whether it is an expression that stands elsewhere, not a variable.
    """

    node: ast.expr
    content: Any
    phrase: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return np.shape(self.content)

    @property
    def text(self) -> str:
        """How it is written."""
        return ast.unparse(self.node)


def atoms_of(
    reading: Reading, others: Sequence[Reading], forward: Iterable[str] = ()
) -> list[Atom]:
    """Return the variables and phrases that a statement can use, each content once.

    Args:
        reading: The statement.
        others: All of the same function; what they say may be meant here, too.
        forward: What the loss says; of that whatever can be said here.
    """
    found: dict[tuple[Any, ...], Atom] = {}
    variables = sorted(_variables(reading), key=lambda pair: not pair[0].isidentifier())
    said = dict.fromkeys(text for other in others for text in _phrases(other))
    if len(reading.statement.runs) > 1:  # the element that a loop is at, not the first one's
        elements = [text for text in said if _is_element(parsed(text))]
        for text in (*elements, *itertools.chain.from_iterable(map(_neighbours, elements))):
            content = reading.try_out(parsed(text))
            if isinstance(content, (np.ndarray, np.generic, float)):
                _add(found, Atom(parsed(text), content))
    for text, content in (*variables, *_lengths(reading), *_settings(reading)):
        _add(found, Atom(parsed(text), content))
    at_hand = reading.statement.runs[0].moment
    known = {*at_hand.names, *at_hand.everywhere}
    meant = (text for text in forward if names_in(parsed(text)) <= known)
    for text in (*said, *_calls(reading, variables), *meant):
        node = parsed(text)
        content = reading.try_out(node)
        if isinstance(content, (np.ndarray, np.generic, float, int)):
            _add(found, Atom(node, content, phrase=True))
    return list(dict.fromkeys(found.values()))


def _add(found: dict[tuple[Any, ...], Atom], atom: Atom) -> None:
    content = np.asarray(atom.content)
    if content.dtype.kind not in "fbiu" or not np.isfinite(content).all():
        return
    number = content.astype(float)
    if not atom.phrase and (isinstance(atom.node, ast.Name) or _is_element(atom.node)):
        found[(atom.text,)] = atom  # what is equal here is not, perhaps, in a later run
    fixed = type(atom.content) in (int, float)  # a length is no sum, though equal by chance
    order = float(number.ravel() @ np.arange(number.size))  # another one when it is reversed
    sums = (number.sum(), np.square(number).sum(), order)
    mark = (content.shape, content.dtype.kind == "b", fixed, *sums)
    found.setdefault(mark, atom)


def _variables(reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield the variables of a statement and the parts of those that are containers."""
    moment = reading.statement.runs[0].moment
    seen = reading.desk.points[0].seen

    for name, content in moment.names.items():
        hidden = name.startswith("_") or not name.isidentifier()
        if hidden or (callable(content) and not is_object(content)):
            continue
        content = map_contents(lambda leaf: _at_hand(leaf, seen), content)
        for text, leaf in itertools.islice(named_parts(name, content), _PARTS):
            if _is_array(leaf) or _is_number(leaf):
                yield text, np.asarray(leaf)


def _at_hand(leaf: Any, seen: Mapping[Value, Any]) -> Any:
    """Return the content of an array; under ``vmap`` its first row."""
    if not isinstance(leaf, Ref):
        return leaf
    content = seen[leaf.value]
    return content if leaf.axis is None else np.take(content, 0, leaf.axis)


def _lengths(reading: Reading) -> Iterator[tuple[str, int]]:
    """Yield the axis lengths of the variables that are arrays."""
    for text, content in [*_variables(reading)]:
        if text.isidentifier():
            for axis, length in enumerate(np.shape(content)):
                if length > 1:
                    yield f"{text}.shape[{axis}]", length
            if np.ndim(content) > 1:
                yield f"{text}.size", np.size(content)


def _settings(reading: Reading) -> Iterator[tuple[str, float]]:
    """Yield the numbers that objects carry, such as ``self.rate``; shares of one both ways."""
    moment = reading.statement.runs[0].moment
    for name, content in moment.everywhere.items():
        if isinstance(content, float) and not name.startswith("_"):
            yield name, content
    for name, content in moment.names.items():
        for key, leaf in getattr(content, "__dict__", {}).items():
            if isinstance(leaf, float) and key.isidentifier():
                yield f"{name}.{key}", leaf
                if 0 < leaf < 1:
                    yield f"1 - {name}.{key}", 1 - leaf


def _calls(reading: Reading, variables: Sequence[tuple[str, Any]]) -> Iterator[str]:
    """Yield the author's functions of one argument, a slope say, at the variables."""
    statement = reading.statement
    functions = [
        name
        for name, content in statement.runs[0].moment.everywhere.items()
        if isinstance(content, types.FunctionType)
        and content.__code__.co_filename == statement.file
        and content.__code__.co_argcount == 1
        and content.__name__ not in (statement.function, "loss", "gradient")
    ]
    names = [text for text, content in variables if np.ndim(content) and text.isidentifier()]
    yield from (f"{function}({name})" for function in functions[:4] for name in names[:12])


def _is_array(leaf: Any) -> bool:
    """Whether a leaf is an array of numbers; one of random keys is none."""
    if isinstance(leaf, jax.Array):
        return not jnp.issubdtype(leaf.dtype, jax.dtypes.extended)
    return isinstance(leaf, (np.ndarray, np.generic))


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, (int, float)) and not isinstance(leaf, bool)


def _is_element(node: ast.expr) -> bool:
    """Whether an expression is an element that a variable counts."""
    return isinstance(node, ast.Subscript) and bool(names_in(node.slice))


def _neighbours(text: str) -> Iterator[str]:
    """Yield the elements beside one: a step's result is kept behind what it started from."""
    node = parsed(text)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name):
        for operator in (ast.Add, ast.Sub):
            index = binary(node.slice, operator, ast.Constant(1))
            yield ast.unparse(ast.Subscript(node.value, index, ast.Load()))


def _phrases(reading: Reading) -> Iterator[str]:
    """Yield the short expressions of a statement."""
    for node in reading.nodes:
        held = id(node) in reading.holds and not isinstance(node, (ast.Name, ast.Constant))
        if held or isinstance(node, ast.Subscript) or called(node) == "len":
            text = ast.unparse(node)
            if len(text) <= _LONGEST:
                yield text

"""What a number may be called, and how it is written when it has no name."""

import ast
import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.fitting import effort
from compare.repair.rewrites.writing import binary, constant, parsed

#: How closely a number must be met, and the largest denominator of one that is written out.
_EXACT, _SMALL = 1e-9, 12


def named_numbers(value: float, atoms: Sequence[Atom]) -> Iterator[tuple[ast.expr, float]]:
    """Yield what a number may be called: a size, one over it, its root; a small fraction at last.

    Args:
        value: The number.
        atoms: What is at hand.
    """
    if not value or not np.isfinite(value):
        return
    scalars = [a for a in atoms if a.shape == () and np.asarray(a.content).dtype.kind in "fiu"]
    for atom in scalars:
        size, cost = float(atom.content), effort(atom)
        for template, content, more in (
            ("{a}", size, 0.0),
            ("1 / {a}", 1 / size if size else 0.0, 0.05),
            ("2 / {a}", 2 / size if size else 0.0, 0.1),
            ("2 * {a}", 2 * size, 0.1),
            ("{a} / 2", size / 2, 0.1),
            ("-{a}", -size, 0.1),
            ("1 / jnp.sqrt({a})", size**-0.5 if size > 0 else 0.0, 0.1),
            ("jnp.sqrt({a})", size**0.5 if size > 0 else 0.0, 0.1),
            ("{a} ** 2", size**2, 0.1),
        ):
            if abs(content - value) <= _EXACT * abs(value):
                text = f"({atom.text})" if atom.phrase else atom.text
                yield parsed(template.format(a=text)), cost + more
    for one, other in itertools.combinations(scalars, 2):
        product = float(one.content) * float(other.content)
        for operator, content in ((None, product), (ast.Div, 1 / product if product else 0.0)):
            if abs(content - value) <= _EXACT * abs(value):
                node = binary(one.node, ast.Mult, other.node)
                node = binary(ast.Constant(1), ast.Div, node) if operator else node
                yield node, 0.3 + 0.004 * len(one.text + other.text)
    if (written := fraction(value)) is not None:
        yield written, 0.35


def written(value: float) -> ast.expr | None:
    """Return a number of few digits, or a small fraction; None when it is neither."""
    short = float(f"{value:.3g}")
    if short.is_integer() and abs(short) < 1e6:
        short = int(short)
    return constant(short) if abs(short - value) <= _EXACT * abs(value) else fraction(value)


def fraction(value: float) -> ast.expr | None:
    """Return a number as a small fraction, ``2 / 3``; None when it is none."""
    near = Fraction(value).limit_denominator(_SMALL)
    if abs(float(near) - value) > _EXACT * abs(value) or abs(near.numerator) > 10 * _SMALL:
        return None
    if near.denominator == 1:
        return constant(near.numerator)
    if near.denominator in (2, 4, 5, 8, 10):
        return constant(float(near))
    return binary(constant(near.numerator), ast.Div, ast.Constant(near.denominator))

"""LaTeX as MathML, which browsers typeset themselves: nothing is fetched, nothing is run."""

import re

from latex2mathml.converter import convert
from markupsafe import Markup

#: What opens a group, what closes one, and the spaces that part an equation from the next.
_TOKENS = re.compile(r"(\\begin\{\w+\}|\\end\{\w+\}|\\left\b|\\right\b|\\qquad|\\quad|(?<!\\)[{}])")
_OPENS, _CLOSES, _SPACES = ("{", r"\begin", r"\left"), ("}", r"\end", r"\right"), (r"\q",)

#: A sign that follows one of these is its number's, not between two of them.
_SIGN = re.compile(
    r"(<mo[^>]*>(?:&#x00028;|\[|&#x0002C;|&#x0003D;|&#x022C5;)</mo>|</munder>|</munderover>)"
    r"<mo>(&#x02212;|&#x0002B;)</mo>"
)
_BAR = re.compile(r'<mo stretchy="false">&#x0007C;</mo>')


def typeset(latex: str) -> Markup:
    """Return an equation for a page; each that stands beside another is a piece of its own.

    A page that is narrow breaks the line between two pieces, and inside of none.
    """
    return Markup("").join(Markup(_piece(part)) for part in apart(latex))


def apart(latex: str) -> list[str]:
    """Return the equations that a wide space parts, a quad or two, outside of every bracket."""
    pieces, depth = [""], 0
    for token in _TOKENS.split(latex):
        depth += token.startswith(_OPENS) - token.startswith(_CLOSES)
        if token.startswith(_SPACES) and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += token
    return [piece.strip() for piece in pieces if piece.strip()]


def _piece(latex: str) -> str:
    """Return one equation as MathML.

    The prime is put as a character of its own: as a superscript, a browser without a font for
    mathematics draws it as a dot. Bars, ``max`` and signs get the space that TeX gives them.
    """
    made = convert(latex.replace("'", "′"), display="block")
    made = _BAR.sub('<mo stretchy="false" lspace="0" rspace="0">&#x0007C;</mo>', made)
    made = made.replace("<mo>max</mo><mo stretchy", "<mi>max</mi><mo stretchy")
    return _SIGN.sub(r'\1<mo form="prefix">\2</mo>', made)

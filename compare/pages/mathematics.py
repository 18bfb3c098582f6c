"""LaTeX as MathML, which browsers typeset themselves: nothing is fetched, nothing is run."""

from latex2mathml.converter import convert
from markupsafe import Markup


def typeset(latex: str) -> Markup:
    """Return an equation for a page, on a line of its own.

    The prime is put as a character of its own: as a superscript, a browser without a font for
    mathematics draws it as a dot.
    """
    return Markup(convert(latex.replace("'", "′"), display="block"))

"""Equations as MathML: apart where the line may break, and with the space that TeX gives them."""

import re

import pytest

from compare.pages.mathematics import apart, typeset
from manual_backprop.lectures import entries

#     LaTeX, its pieces
APART = [
    (r"a = b,\qquad c = d", ["a = b,", "c = d"]),
    (r"a,\quad b \qquad c", ["a,", "b", "c"]),
    (r"\begin{array}{l} a \qquad b \end{array}", [r"\begin{array}{l} a \qquad b \end{array}"]),
    (r"\left( a \quad b \right)\quad c", [r"\left( a \quad b \right)", "c"]),
    (r"\frac{a \quad b}{c}", [r"\frac{a \quad b}{c}"]),
    (r"\{ a \quad b", [r"\{ a", "b"]),  # a brace that is printed holds nothing together
    ("a = b", ["a = b"]),
]


@pytest.mark.parametrize(("latex", "pieces"), APART, ids=[case[0] for case in APART])
def test_equations_side_by_side_are_pieces_of_their_own(latex: str, pieces: list[str]) -> None:
    assert apart(latex) == pieces
    assert typeset(latex).count('display="block"') == len(pieces)


def test_no_piece_of_the_lectures_is_wider_than_a_page() -> None:
    """A page has room for about 100 characters of mathematics; commands count as one."""
    for entry in entries.values():
        for form in filter(None, (entry.printed, entry.mended)):
            for piece in apart(form.latex):
                if r"\begin" not in piece:
                    text = re.sub(r"\\text\{([^}]*)\}|\\frac", r"\1", piece)
                    shown = re.sub(r"\\[a-zA-Z]+|[\\{}_^&]|\s", " ", text).replace(" ", "")
                    assert len(shown) <= 75, (entry.id, shown)


#     LaTeX, what stands in it, what does not
SPACED = [
    (r"|x|", 'lspace="0" rspace="0">&#x0007C;</mo>', '<mo stretchy="false">&#x0007C;</mo>'),
    (r"\max(x, 0)", "<mi>max</mi>", "<mo>max</mo>"),
    (r"f(-1)", '<mo form="prefix">&#x02212;</mo>', "<mo>&#x02212;</mo>"),
    (r"\sum_i -y", '<mo form="prefix">&#x02212;</mo>', "<mo>&#x02212;</mo>"),
    (r"a - b", "<mo>&#x02212;</mo>", "prefix"),
    (r"f'(x)", "<mi>′</mi>", "'"),
]


@pytest.mark.parametrize(("latex", "there", "not_there"), SPACED, ids=[case[0] for case in SPACED])
def test_signs_bars_and_max_have_their_space(latex: str, there: str, not_there: str) -> None:
    made = typeset(latex)
    assert there in made
    assert not_there not in made

"""A mended form is the one that holds: the spellings a reader knows would be told."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from compare.lectures.judging import findings_of
from manual_backprop.lectures import Claim, entries
from manual_backprop.lectures.plain import sigmoid


def _difference(z: Any, t: Any) -> Any:
    return sigmoid(z) - t


def _other_difference(z: Any, t: Any) -> Any:
    return t - sigmoid(z)


def _one_less(x: Any) -> Any:
    return sigmoid(x) * (1 - sigmoid(x))


def _one_less_square(x: Any) -> Any:
    return 1 - jnp.tanh(x) ** 2


def _plain_log(z: Any, t: Any) -> Any:
    return jnp.log(1 + jnp.exp(z)) - t * z


def _plain_log_mean(z: Any, t: Any) -> Any:
    return jnp.mean(_plain_log(z, t))


def _plain_log_sum(z: Any, t: Any) -> Any:
    return jnp.sum(_plain_log(z, t))


def _added_first(z: Any, t: Any) -> Any:
    """The stable pieces in another order: z is rounded to be taken off again."""
    top = jnp.maximum(z, jnp.zeros_like(z)) + jnp.log1p(jnp.exp(-jnp.abs(z)))
    return top - t * z


def _scores(z: Any, y: Any) -> Any:
    ln = jnp.log(jnp.sum(jnp.exp(z), axis=1, keepdims=True))
    return -jnp.mean(jnp.sum(y * (z - ln), axis=1))


def _shifted_scores(z: Any, y: Any) -> Any:
    m = jnp.max(z, axis=1, keepdims=True)
    ln = jnp.log(jnp.sum(jnp.exp(z - m), axis=1, keepdims=True))
    return -jnp.mean(jnp.sum(y * (z - m - ln), axis=1))


def _twice_logistic(u: Any) -> Any:
    return 2 * sigmoid(2 * u) - 1


#     entry, claim of its mended form, a spelling of the same that does not hold, what is told
SPELLINGS = [
    ("L0-01", "f′", _one_less, "imprecise"),
    ("L1-02", "tanh", _twice_logistic, "imprecise"),
    ("L1-06", "L", _plain_log, "breaks"),
    ("L1-06", "L", _added_first, "imprecise"),
    ("L1-06", "dL/db", _difference, "imprecise"),
    ("L1-10", "dJ/da", _other_difference, "imprecise"),
    ("L1-11", "dy/da", _one_less, "imprecise"),
    ("L1-13", "dJ/db", _other_difference, "imprecise"),
    ("L2-06", "L", _plain_log_sum, "breaks"),
    ("L2-06", "∂L/∂z", _difference, "imprecise"),
    ("L2-07", "g′", _one_less, "imprecise"),
    ("L3-02", "L", _plain_log_mean, "breaks"),
    ("L3-03", "L", _scores, "breaks"),
    ("L3-03", "L", _shifted_scores, "imprecise"),
    ("L4-04", "E", _plain_log, "breaks"),
    ("L4-04", "E", _added_first, "imprecise"),
    ("L4-08", "f′", _one_less, "imprecise"),
    ("L4-09", "f′", _one_less_square, "imprecise"),
]


def mended_claim(name: str, claim: str) -> Claim:
    form = entries[name].mended
    assert form is not None
    return next(one for one in form.claims if one.name == claim)


@pytest.mark.parametrize(
    ("name", "claim", "said", "told"), SPELLINGS, ids=[f"{s[0]}{s[2].__name__}" for s in SPELLINGS]
)
def test_the_spelling_that_does_not_hold_is_told(
    name: str, claim: str, said: Callable[..., Any], told: str
) -> None:
    spelt = dataclasses.replace(mended_claim(name, claim), said=said)
    assert findings_of(spelt, explain=False)[0].kind == told


#: Spellings that those functions have: none of them stands in the text of a mended form.
UNSTABLE = re.compile(
    r"ln\(1 \+ e|log\(1 \+ e|log\(exp|[yŷ] − y\b|y\* − y\b|\(1 − [fzŷ]|1 − f|1 − σ|− ln Σ"
)


def test_the_text_of_a_mended_form_is_the_form_that_holds() -> None:
    shown = {name: one.mended.text for name, one in entries.items() if one.mended}
    assert [name for name, text in shown.items() if UNSTABLE.search(text)] == []
    for name in ("L1-06", "L2-06", "L3-02", "L3-03", "L4-03", "L4-04"):
        assert "log1p(" in shown[name]
        latex = entries[name].mended
        assert latex is not None
        assert r"\text{log1p}" in latex.latex

"""The catalogue: complete, in order, data without a judgement in it."""

import dataclasses
import inspect
import re
from collections import Counter

import numpy as np
import pytest

from manual_backprop.lectures import Claim, Entry, Form, entries, lectures

#: How many equations each lecture prints.
COUNTS = {"L0": 11, "L1": 16, "L2": 8, "L3": 9, "L4": 12}

L0 = lectures["L0"].entries

FORMS = [
    pytest.param(form, id=f"{entry.id}-{'mended' if form is entry.mended else 'printed'}")
    for entry in entries.values()
    for form in (entry.printed, entry.mended)
    if form is not None
]


def test_every_equation_is_there_once_in_the_lectures_order() -> None:
    wanted = [f"{name}-{k:02}" for name, count in COUNTS.items() for k in range(1, count + 1)]
    assert sorted(entries) == wanted
    listed = Counter(entry.id for one in lectures.values() for entry in one.entries)
    assert set(listed.values()) == {1}
    assert all(entry.id.startswith(one.id) for one in lectures.values() for entry in one.entries)


@pytest.mark.parametrize("entry", entries.values(), ids=entries)
def test_an_entry_says_where_it_is_printed_and_how_it_was_read(entry: Entry) -> None:
    assert entry.heading
    assert entry.read.endswith(".")
    text = re.sub("on the right|right side", "", entry.read)  # a place, not a judgement
    assert re.findall(r"\b(wrong|right|agrees?|mistakes?|breaks?|error)\b", text) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_written_twice_and_claims_something(form: Form) -> None:
    assert "\n" not in form.text
    assert form.text
    assert form.latex.count("{") == form.latex.count("}")
    assert form.claims


@pytest.mark.parametrize("form", FORMS)
def test_inputs_fit_the_functions(form: Form) -> None:
    for claim in form.claims:
        for meaning in filter(None, (claim.means, claim.house)):
            inspect.signature(meaning.of).bind(*claim.inputs)
            if meaning.given:
                inspect.signature(meaning.given).bind(*claim.inputs)
        known = [None] if claim.means.given else []
        inspect.signature(claim.said).bind(*known, *claim.inputs)
        assert set(claim.wrt) <= set(claim.inputs)


@pytest.mark.parametrize("form", FORMS)
def test_extremes_replace_inputs_of_the_claim(form: Form) -> None:
    for claim in form.claims:
        for extreme in claim.extremes:
            values = {**extreme.fixed, **extreme.scaled}
            assert values
            for name, value in values.items():
                np.broadcast_to(np.asarray(value), np.shape(claim.inputs[name]))


def claims(name: str) -> list[Claim]:
    entry = entries[name]
    return [claim for form in (entry.printed, entry.mended) if form for claim in form.claims]


def test_what_speaks_of_g_is_tried_under_the_house_s_convention_too() -> None:
    tried = {entry.id: {claim.house is not None for claim in claims(entry.id)} for entry in L0}
    assert tried == {
        **{f"L0-0{k}": {False} for k in range(1, 5)},  # no network yet
        **{f"L0-{k:02}": {True} for k in range(5, 11)},
        "L0-11": {False},  # x.grad: ∂L/∂x by its name
    }


@pytest.mark.parametrize("name", ["L2-03", "L2-05", "L2-06"])
def test_the_printed_loss_is_transcribed_beside_its_derivative(name: str) -> None:
    stated = {bool(claim.wrt): claim.name for claim in entries[name].printed.claims}
    assert stated[False].startswith("L")
    assert set(stated) == {False, True}


def test_all_that_l2_06_says_is_tried_at_extremes() -> None:
    assert all(claim.extremes for claim in claims("L2-06"))


@pytest.mark.parametrize("name", ["L1-16", "L2-03"])
def test_an_index_free_on_the_right_only_is_read_twice(name: str) -> None:
    entry = entries[name]
    readings = [claim.name for claim in entry.printed.claims if claim.wrt]
    assert [one for one in readings if one.endswith(", literally")]
    assert len(readings) > 1
    assert "free on the right only: read literally" in entry.read
    assert "once more with the index supplied" in entry.read


def test_a_mended_form_of_another_quantity_says_so() -> None:
    said = {name for name, one in entries.items() if one.mended and one.mended.instead}
    for name, one in entries.items():
        if one.mended:
            before, after = (
                {n for c in f.claims for n in c.inputs} for f in (one.printed, one.mended)
            )
            assert after <= before or name in said, name  # of other inputs: another function
    assert said == {"L1-06", "L1-10", "L2-06", "L3-02", "L3-03", "L4-04"}


def test_what_a_lecture_maximises_and_minimises_is_in_its_heading() -> None:
    both = [claim.means.words.partition(", ")[2][:9] for claim in claims("L1-05")]
    assert set(both) == {"minimised"}
    assert "in L1-05 it is a loss, to be minimised" in lectures["L1"].convention


def test_nothing_in_it_is_a_verdict() -> None:
    names = {field.name for kind in (Entry, Form, Claim) for field in dataclasses.fields(kind)}
    assert names == {
        *("id", "heading", "printed", "read", "mended", "symbols"),
        *("text", "latex", "claims", "instead"),
        *("name", "said", "means", "inputs", "wrt", "house", "extremes", "corners", "held"),
    }

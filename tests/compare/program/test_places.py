"""Every equation knows the file, the line and the columns that it was written at."""

import inspect
import linecache

import jax
import jax.numpy as jnp
import pytest

from compare.program import trace
from compare.program.place import is_machinery


def helper(x):
    return jnp.cos(x)


def outer(x):
    a = jnp.sin(x) * helper(x)
    return jax.jit(lambda y: y + 1)(a)


def looped(x):
    total = jnp.zeros(())
    for k in range(2):
        total = total + jnp.exp(x[k])
    return total


def in_a_scan(x):
    def step(h, row):
        return h * jnp.tanh(row), None

    return jax.lax.scan(step, jnp.ones(()), x)[0]


def text_at(place):
    line = linecache.getline(place.file, place.line)
    return line[slice(*place.columns)] if place.columns != (0, 0) else line.strip()


#   function     primitive   its text               the function it stands in
WRITTEN = [
    (outer, "sin", "jnp.sin(x)", "outer"),
    (outer, "mul", "jnp.sin(x) * helper(x)", "outer"),
    (outer, "cos", "jnp.cos(x)", "helper"),
    (outer, "add", "y + 1", "<lambda>"),
    (looped, "exp", "jnp.exp(x[k])", "looped"),
    (in_a_scan, "tanh", "jnp.tanh(row)", "step"),
    (in_a_scan, "mul", "h * jnp.tanh(row)", "step"),
]


@pytest.mark.parametrize(
    ("function", "primitive", "text", "inside"),
    WRITTEN,
    ids=[f"{c[0].__name__}-{c[1]}" for c in WRITTEN],
)
def test_place(function, primitive, text, inside):
    program, _ = trace(function, jnp.ones(2), write_out=True)
    places = [e.place for e in program.equations if e.primitive == primitive]
    assert places
    for place in places:
        assert place is not None
        assert place.file == __file__
        assert text_at(place) == text
        assert place.function == inside
        assert place.code == linecache.getline(__file__, place.line).strip()
        assert str(place) == f"{__file__}:{place.line}"


def test_the_caller_is_known():
    program, _ = trace(outer, jnp.ones(2))
    (place,) = [e.place for e in program.equations if e.primitive == "cos"]
    assert place is not None
    assert place.caller is not None
    assert place.caller.function == "outer"
    assert place.caller.line == inspect.getsourcelines(outer)[1] + 1


def test_what_jax_writes_by_itself_stands_where_it_was_called():
    program, _ = trace(lambda x: jax.nn.log_softmax(x), jnp.ones(3), write_out=True)
    assert len(program.equations) > 3
    assert {e.place.file for e in program.equations if e.place} == {__file__}


#   file                                  machinery
FILES = [
    (jax.__file__, True),
    (jnp.__file__, True),
    ("<frozen runpy>", True),
    ("<string>", True),
    ("<@beartype(model.loss) at 0x7f9bd2055440>", True),
    ("<attrs generated init model.Layer>", True),
    (__file__, False),
    ("<ipython-input-1-abc>", False),
    ("<stdin>", False),
    ("/tmp/ipykernel_1/2.py", False),
]


@pytest.mark.parametrize(("file", "machinery"), FILES, ids=[f[0][-20:] for f in FILES])
def test_machinery(file, machinery):
    assert is_machinery(file) is machinery

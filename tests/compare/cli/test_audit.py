"""``handgrad audit``: what it runs, what it says, and what it says of a user's mistake."""

import json
from pathlib import Path
from textwrap import dedent

import pytest
from typer.testing import CliRunner, Result

from compare.cli.app import app

RULES = """
import jax, jax.numpy as jnp

@jax.custom_vjp
def right(x):
    return jnp.sin(x)

right.defvjp(lambda x: (right(x), x), lambda x, g: (g * jnp.cos(x),))

@jax.custom_vjp
def wrong(x):
    return jnp.sin(x)

wrong.defvjp(lambda x: (wrong(x), x), lambda x, g: (-g * jnp.cos(x),))

@jax.custom_vjp
def through(x):
    return jnp.round(x)

through.defvjp(lambda x: (through(x), None), lambda _, g: (g,))

class Model:
    def loss(x):
        return jnp.sum(right(x))

def good(x):
    return jnp.sum(right(x))

def bad(x):
    return jnp.sum(wrong(x)) + good(x) + jnp.sum(through(x))

def designed(x):
    return jnp.sum(through(x))

def branches(x):
    return x if x[0] > 0 else -x

def raises(x):
    return x @ jnp.ones((7, 2))

def two(x, n):
    return jnp.sum(right(x[n]))

inputs = (jnp.array([0.3, -1.2, 0.7]),)

def two_inputs():
    return inputs[0], jnp.array([0, 2])
"""


@pytest.fixture(autouse=True)
def _no_repair(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The search for a repair has tests of its own, and takes its time."""
    monkeypatch.setattr("compare.agreement.cause.mend", lambda *_: [])
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


def run(function: str, *options: str, source: str = RULES) -> Result:
    Path("rules.py").write_text(dedent(source))
    target = function if ":" in function or "." in function else f"rules.py:{function}"
    result = CliRunner().invoke(app, ["audit", target, *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_right_rules_exit_0() -> None:
    result = run("good")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "good: 1 derivative rule; 1 agrees."
    assert lines[1] == "  agrees              right  (custom_vjp, rules.py:4)"
    assert result.stderr == ""


def test_wrong_ones_exit_1_the_worst_first_with_their_lines() -> None:
    result = run("bad")
    assert result.exit_code == 1, result.output
    told = [line.split()[:2] for line in result.stdout.splitlines()[1:4]]
    assert told == [["wrong", "wrong"], ["differs", "by"], ["agrees", "right"]]
    assert "rules.py:10" in result.stdout.splitlines()[1]
    assert "if that is meant: --declare through" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_declared_rule_passes() -> None:
    assert run("designed").exit_code == 1
    result = run("designed", "--declare", "through")
    assert result.exit_code == 0, result.output
    assert "by design           through" in result.stdout


def test_inputs_of_one_function_and_shapes() -> None:
    assert run("two").exit_code == 0
    result = run("two", "--shape", "f32[4,3]", "--shape", "i32[2]")
    assert result.exit_code == 0, result.output
    assert run("good", "--shape", "f64[]").exit_code == 0
    assert run("good", "--shape", " bf16[2, 3] ").exit_code == 0


def test_a_method_by_its_dotted_name() -> None:
    assert run("rules.py:Model.loss").exit_code == 0


def test_a_function_of_a_library() -> None:
    result = run("jax.nn:relu", "--shape", "f32[5]")
    assert result.exit_code == 0, result.output
    assert "relu: 1 derivative rule; 1 agrees." in result.stdout


def test_json_is_all_there_is_on_the_output() -> None:
    result = run("bad", "--json", "--github", source=RULES + "print('hello')\n")
    assert result.exit_code == 1, result.output
    found = json.loads(result.stdout)
    assert [rule["status"] for rule in found["rules"]] == ["wrong", "differs by design?", "agrees"]
    assert "hello" in result.stderr
    assert "::error file=rules.py,line=10,title=wrong-sign::wrong: " in result.stderr


def test_sarif_and_annotations_mark_the_rule() -> None:
    result = run("bad", "--sarif", "audit.sarif", "--github")
    assert result.exit_code == 1
    assert "::error file=rules.py,line=10," in result.stdout
    assert "::warning file=rules.py,line=16,title=differs-by-design::through" in result.stdout
    (found,) = json.loads(Path("audit.sarif").read_text())["runs"]
    assert [one["ruleId"] for one in found["results"]] == ["wrong-sign", "differs-by-design"]


#     id, function, options, beginning of the message
MISTAKES = [
    ("no-function", "rules.py:", [], "rules.py: names no function; give MODULE:FUNCTION, as in"),
    (
        "no-colon",
        "rules.py",
        [],
        "rules.py names no function; give MODULE:FUNCTION, as in jax.nn:relu",
    ),
    ("no-module", "nothing_there:f", [], "there is no module nothing_there, neither here nor"),
    ("no-submodule", "jax.nothing:f", [], "there is no module jax.nothing, neither here nor"),
    ("no-file", "none.py:f", [], "none.py: no such file; give a Python file"),
    ("misspelt", "rules.py:goood", [], "rules.py has no goood (did you mean good?); give"),
    ("no-callable", "rules.py:inputs", [], "rules.py:inputs is a tuple; wanted a function"),
    (
        "no-inputs",
        "jax.nn:relu",
        [],
        "jax.nn has no inputs for relu: define relu_inputs or inputs there, the tuple of its",
    ),
    ("no-shape", "rules.py:good", ["--shape", "f32[3"], "--shape 'f32[3' is no shape; wanted"),
    ("no-dtype", "rules.py:good", ["--shape", "f31[3]"], "--shape 'f31[3]': unknown dtype 'f31'"),
    ("comma", "rules.py:good", ["--shape", "f32[3,]"], "--shape 'f32[3,]': a length is missing"),
    ("huge", "rules.py:good", ["--shape", "f32[99999,99999]"], "--shape 'f32[99999,99999]' has"),
    (
        "undeclared",
        "rules.py:good",
        ["--declare", "rigth"],
        "--declare names no rule that was met: rigth; met: right",
    ),
    (
        "branch",
        "rules.py:branches",
        [],
        (
            "branches cannot be traced by JAX at rules.py:36  return x if x[0] > 0 else -x: "
            "it branches on a value"
        ),
    ),
    (
        "raises",
        "rules.py:raises",
        [],
        "raises does not run on these arguments at rules.py:39  return x @ jnp.ones(",
    ),
    (
        "too-many",
        "rules.py:good",
        ["--shape", "f32[3]", "--shape", "f32[3]"],
        "good does not run on these arguments: TypeError: good() takes 1 positional argument",
    ),
    ("sarif", "rules.py:good", ["--sarif", "no/a.sarif"], "--sarif no/a.sarif: there is no folder"),
]


@pytest.mark.parametrize(
    ("function", "options", "message"), [c[1:] for c in MISTAKES], ids=[c[0] for c in MISTAKES]
)
def test_a_users_mistake_exits_2(function: str, options: list[str], message: str) -> None:
    result = run(function, *options)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith(f"handgrad: error: {message}")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ("inputs = 3", "inputs is a int; wanted a tuple of the arguments of good"),
        ("def inputs():\n    return [][0]", "inputs of handgrad_checked_rules fails.\n"),
        ("import sys\nsys.exit(1)", "rules.py cannot be imported.\n"),
        ("import no_such_module", "rules.py cannot be imported.\n"),
    ],
    ids=["no-tuple", "fails", "exits", "import"],
)
def test_inputs_that_are_none(inputs: str, message: str) -> None:
    result = run("good", source=f"{RULES}\n{inputs}\n")
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"handgrad: error: {message}")


def test_a_function_that_cannot_be_run_is_marked() -> None:
    result = run("branches", "--github", "--sarif", "audit.sarif")
    assert result.exit_code == 2
    assert result.stdout.startswith("::error file=rules.py,line=36,title=cannot-be-checked::")
    (found,) = json.loads(Path("audit.sarif").read_text())["runs"]
    assert found["invocations"][0]["executionSuccessful"] is False
    assert found["results"][0]["ruleId"] == "cannot-be-checked"

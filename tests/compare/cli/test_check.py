"""``handgrad check``: what it finds, how it says so, and what it says of a user's mistake."""

import json
from pathlib import Path
from textwrap import dedent

import pytest
from typer.testing import CliRunner, Result

from compare.cli.app import app

RIGHT = """
import jax, jax.numpy as jnp

def loss(w, x):
    return jnp.mean(jnp.tanh(x @ w))

def gradient(w, x):
    u = jnp.tanh(x @ w)
    return x.T @ ((1 - u) * (1 + u)) / len(x)

inputs = (jnp.array([0.3, -0.2, 0.5]), jnp.arange(12.0).reshape(4, 3) / 10)
"""
WRONG = RIGHT.replace(" / len(x)", "")
SEVERAL = (
    RIGHT
    + """
def doubled_gradient(w, x):
    return 2 * gradient(w, x)

def square_loss(x):
    return jnp.sum(x**2)

def square_gradient(x):
    return 2 * x

def square_inputs():
    return (jnp.array([1.0, 2.0]),)

def _helper_gradient(x):
    return None
"""
)


def run(folder: Path, source: str, *options: str, name: str = "") -> Result:
    file = folder / "model.py"
    file.write_text(dedent(source))
    target = f"{file}:{name}" if name else str(file)
    result = CliRunner().invoke(app, ["check", target, *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_right_gradient_exits_0(tmp_path: Path) -> None:
    result = run(tmp_path, RIGHT)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("hand and autodiff gradients agree in ")
    assert result.stderr == ""


def test_a_wrong_one_exits_1_and_names_line_and_element(tmp_path: Path) -> None:
    result = run(tmp_path, WRONG)
    assert result.exit_code == 1, result.output
    assert "hand and autodiff gradients differ in 1 of 1 node, first in w[" in result.stdout
    assert "model.py:9  return x.T @ ((1 - u) * (1 + u))" in result.stdout
    assert "\x1b" not in result.stdout


def test_several_checks_are_all_made_in_the_files_order(tmp_path: Path) -> None:
    result = run(tmp_path, SEVERAL)
    assert result.exit_code == 1, result.output
    headings = [
        line for line in result.stdout.splitlines() if line in ("model", "square", "doubled")
    ]
    assert headings == ["model", "doubled", "square"]
    assert result.stdout.splitlines()[-1] == "3 checks: doubled differs from autodiff."


def test_one_of_several_by_name(tmp_path: Path) -> None:
    result = run(tmp_path, SEVERAL, name="square")
    assert result.exit_code == 0, result.output
    assert "doubled" not in result.stdout


def test_a_dictionary_of_checks(tmp_path: Path) -> None:
    source = RIGHT + (
        "def product(x, y): return jnp.sum(x * y)\n"
        "def by_hand(x, y): return y, x\n"
        "pair = (jnp.array([1.0, 2.0]), jnp.array([3.0, 5.0]))\n"
        "checks = {'as tuple': (product, by_hand, pair, (0, 1)),\n"
        "  'as dict': dict(loss=product, gradient=by_hand, inputs=pair, argnums=(0, 1))}\n"
        "del gradient\n"
    )
    result = run(tmp_path, source, "--json")
    assert result.exit_code == 0, result.output
    assert list(json.loads(result.stdout)["checks"]) == ["as tuple", "as dict"]


def test_json_is_all_there_is_on_the_output(tmp_path: Path) -> None:
    result = run(tmp_path, WRONG + "print('hello from the file')\n", "--json")
    assert result.exit_code == 1, result.output
    found = json.loads(result.stdout)
    assert found["agrees"] is False
    assert found["checks"]["model"]["first_wrong"] == "w"
    assert result.stderr == "hello from the file\n"


def test_argnums_from_the_file_and_from_the_command_line(tmp_path: Path) -> None:
    source = RIGHT.replace("return x.T", "return None, x.T").replace(
        "def gradient(w, x)", "argnums = 1\ndef gradient(w, x)"
    )
    source = source.replace(
        "return None, x.T @ ((1 - u) * (1 + u)) / len(x)",
        "return ((1 - u) * (1 + u))[:, None] * w[None, :] / len(x)",
    )
    assert run(tmp_path, source).exit_code == 0
    result = run(tmp_path, source, "--argnums", "0")
    assert result.exit_code == 2
    assert "the gradient of w has shape [4, 3], the argument [3]" in result.stderr


def test_its_neighbours_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text(RIGHT)
    assert run(tmp_path, "from neighbour import gradient, inputs, loss").exit_code == 0


WANTED = (
    "wanted loss, gradient and inputs; or NAME_loss, NAME_gradient, NAME_inputs; "
    'or checks = {"NAME": (loss, gradient, inputs)}'
)
#     id, source, beginning of the message
MISTAKES = [
    (
        "syntax",
        "import jax\ndef loss(\n",
        "{file} cannot be imported.\n  {file}:2: SyntaxError: '(' was never closed\n    def loss(",
    ),
    (
        "import-fails",
        "import jax\nimport no_such_module_at_all",
        (
            "{file} cannot be imported.\n  {file}:2: ModuleNotFoundError: No module named "
            "'no_such_module_at_all'\n    import no_such_module_at_all"
        ),
    ),
    (
        "raises",
        "def f():\n    return 1 / 0\nf()",
        (
            "{file} cannot be imported.\n  {file}:2 in f: ZeroDivisionError: division by zero\n"
            "    return 1 / 0"
        ),
    ),
    (
        "exits",
        "import sys\nsys.exit(3)",
        "{file} cannot be imported.\n  {file}:2: SystemExit: 3\n    sys.exit(3)",
    ),
    (
        "no-gradient",
        "def loss(x): return x\ndef gradients(x): return x",
        "{file} defines no gradient (did you mean gradients?); {wanted}",
    ),
    (
        "no-loss",
        "def gradient(x): return x\ninputs = ()",
        "{file} defines no loss; {wanted}",
    ),
    (
        "no-loss-no-inputs-for-one",
        "def a_gradient(x): return x",
        "{file} defines no loss and no inputs for a; {wanted}",
    ),
    (
        "loss-is-no-function",
        "loss = 3\ndef gradient(x): return x\ninputs = (1.0,)",
        "{file}: the loss of model is a int; wanted a function",
    ),
    (
        "inputs-are-no-tuple",
        "def loss(x): return x\ndef gradient(x): return x\ninputs = 1.0",
        (
            "the inputs of model are a float; wanted a tuple of the loss's arguments, as in "
            "inputs = (params, x, y), or a function that returns one"
        ),
    ),
    (
        "inputs-fail",
        "def loss(x): return x\ndef gradient(x): return x\ndef inputs():\n    return [][0]",
        (
            "the inputs of model fail.\n  {file}:4 in inputs: IndexError: list index out of range\n"
            "    return [][0]"
        ),
    ),
    (
        "checks-are-no-dictionary",
        "checks = [1]",
        "{file}: checks is a list; {wanted}",
    ),
    (
        "argnums",
        "def loss(x): return x\ndef gradient(x): return x\ninputs = (1.0,)\nargnums = 'x'",
        "{file}: the argnums of model are 'x'; wanted a position, 0, or several, (0, 1)",
    ),
    (
        "gradient-raises",
        RIGHT.replace("return x.T @", "return x @"),
        "model: the derivation raised TypeError at {file}:9",
    ),
    (
        "loss-is-no-scalar",
        RIGHT.replace("jnp.mean(jnp.tanh(x @ w))", "jnp.tanh(x @ w)"),
        (
            "model: the loss returns shape [4]; a loss returns one scalar: take the mean or the "
            "sum, or use check_rule for a function with several outputs"
        ),
    ),
    (
        "random",
        RIGHT.replace("/ len(x)", "* random.random()").replace(
            "import jax,", "import random, jax,"
        ),
        "model: the derivation is not deterministic at {file}:9  return x.T @ ",
    ),
    (
        "changes-its-argument",
        RIGHT.replace("    u = jnp.tanh", "    w += 1\n    u = jnp.tanh")
        .replace("(w, x)", "(p, x)")
        .replace("    w += 1", "    w = p.pop('w')")
        .replace("return jnp.mean(jnp.tanh(x @ w))", "return jnp.mean(jnp.tanh(x @ p['w']))")
        .replace("inputs = (jnp", "inputs = ({'w': jnp")
        .replace("0.5]),", "0.5])},"),
        "model: the derivation changes its argument p['w'] at {file}:8  w = p.pop('w'); make a new",
    ),
    (
        "takes-other-arguments",
        RIGHT.replace("def gradient(w, x)", "def gradient(w)"),
        "model: the derivation does not take the 2 arguments given (at {file}:7): too many",
    ),
    (
        "another-shape",
        RIGHT.replace("return x.T @ ((1 - u) * (1 + u)) / len(x)", "return x"),
        (
            "model: the gradient of w has shape [4, 3], the argument [3]; the argument was "
            "broadcast forwards, so its gradient is summed over what was added: .sum(axis=0)"
        ),
    ),
]


@pytest.mark.parametrize(
    ("source", "message"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES]
)
def test_a_users_mistake_exits_2_with_its_line(source: str, message: str, tmp_path: Path) -> None:
    result = run(tmp_path, source)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    said = message.format(file=tmp_path / "model.py", wanted=WANTED)
    assert result.stderr.startswith(f"handgrad: error: {said}")
    assert "Traceback" not in result.stderr


def test_an_unknown_check_is_answered_with_the_nearest(tmp_path: Path) -> None:
    result = run(tmp_path, SEVERAL, name="sqare")
    assert result.exit_code == 2
    assert result.stderr == (
        f"handgrad: error: {tmp_path / 'model.py'}: unknown check 'sqare'; "
        "did you mean 'square'? known: doubled, model, square\n"
    )


@pytest.mark.parametrize(("target", "what"), [("none.py", "no such file"), (".", "a folder")])
def test_no_file(target: str, what: str) -> None:
    result = CliRunner().invoke(app, ["check", target])
    assert result.exit_code == 2
    assert result.stderr == (
        f"handgrad: error: {target}: {what}; give a Python file: handgrad check FILE[:NAME]\n"
    )


def test_argnums_that_are_no_numbers(tmp_path: Path) -> None:
    result = run(tmp_path, RIGHT, "--argnums", "w")
    assert result.exit_code == 2
    assert result.stderr == "handgrad: error: --argnums is 'w'; wanted positions, as 0 or 0,1\n"


def test_an_interruption_exits_130(tmp_path: Path) -> None:
    result = run(tmp_path, "raise KeyboardInterrupt")
    assert result.exit_code == 130
    assert result.stderr == "handgrad: stopped by the keyboard; nothing more was written.\n"


# --- for CI ----------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return tmp_path


MEAN = """
import jax.numpy as jnp

def loss(b, x):
    return jnp.mean(jnp.tanh(x + b[None, :]))

def gradient(b, x):
    u = jnp.tanh(x + b[None, :])
    delta = (1 - u) * (1 + u) / x.size
    db = delta.mean(axis=0)
    return db

inputs = (jnp.array([0.3, -0.2, 0.5]), jnp.arange(12.0).reshape(4, 3) / 10)
"""


def test_ci_marks_the_line_and_the_fix_mends_it(here: Path) -> None:
    result = run(here, MEAN, "--github", "--sarif", "out.sarif")
    assert result.exit_code == 1, result.output
    assert "gradients differ in 1 of 1 node" in result.stdout
    (annotation,) = [line for line in result.stdout.splitlines() if line.startswith("::")]
    assert annotation.startswith(
        "::error file=model.py,line=10,col=10,endColumn=27,title=wrong-reduction::model: hand and"
    )
    log = json.loads((here / "out.sarif").read_text())
    assert [found["ruleId"] for found in log["runs"][0]["results"]] == ["wrong-reduction"]
    right = mended(MEAN, here / "out.sarif")
    again = run(here, right, "--github", "--sarif", "out.sarif")
    assert again.exit_code == 0, again.output
    assert "::" not in again.stdout
    assert json.loads((here / "out.sarif").read_text())["runs"][0]["results"] == []


def test_annotations_leave_the_json_alone(here: Path) -> None:
    result = run(here, WRONG, "--github", "--json")
    assert json.loads(result.stdout)["agrees"] is False
    assert result.stderr.startswith("::error file=model.py,line=9,")


def test_what_cannot_be_run_is_marked_where_it_fails(here: Path) -> None:
    source = RIGHT.replace("return x.T @", "return x @")
    result = run(here, source, "--github", "--sarif", "out.sarif")
    assert result.exit_code == 2
    assert result.stdout.startswith("::error file=model.py,line=9,title=cannot-be-checked::model:")
    (log,) = json.loads((here / "out.sarif").read_text())["runs"]
    assert log["invocations"][0]["executionSuccessful"] is False
    assert log["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 9}


def test_a_gradient_of_another_form_is_marked_at_its_definition(here: Path) -> None:
    source = RIGHT.replace("return x.T @ ((1 - u) * (1 + u)) / len(x)", "return w[:2]")
    result = run(here, source, "--github")
    assert result.exit_code == 2
    assert "::error file=model.py,line=7,title=cannot-be-checked::model: the gradient of w has" in (
        result.stdout
    )


def mended(source: str, log: Path) -> str:
    """Return a source with the one fix of a log made."""
    (found,) = json.loads(log.read_text())["runs"][0]["results"]
    (change,) = found["fixes"][0]["artifactChanges"][0]["replacements"]
    region, lines = change["deletedRegion"], source.splitlines()
    assert region["startLine"] == region["endLine"]
    line = lines[region["startLine"] - 1]
    lines[region["startLine"] - 1] = (
        line[: region["startColumn"] - 1]
        + change["insertedContent"]["text"]
        + line[region["endColumn"] - 1 :]
    )
    return "\n".join(lines)


def test_a_gradient_that_is_not_summed_is_explained_and_mended(here: Path) -> None:
    source = MEAN.replace("delta.mean(axis=0)", "delta")
    result = run(here, source, "--github", "--sarif", "a.sarif")
    assert result.exit_code == 2
    assert "title=broadcast-not-reduced::" in result.stdout
    assert "verified on fresh inputs" in result.stderr
    assert run(here, mended(source, here / "a.sarif")).exit_code == 0


@pytest.mark.parametrize(
    ("file", "reason"),
    [("none/out.sarif", "there is no folder none"), (".", "it is a folder")],
)
def test_a_sarif_file_that_cannot_be_written(file: str, reason: str, here: Path) -> None:
    result = run(here, RIGHT, "--sarif", file)
    assert result.exit_code == 2
    assert result.stderr == (
        f"handgrad: error: --sarif {file}: {reason}; give a file that can be written\n"
    )


def test_what_is_kept_elsewhere_is_noted(tmp_path: Path) -> None:
    source = RIGHT.replace("    u = jnp.tanh", "    kept.append(x)\n    u = jnp.tanh")
    result = run(tmp_path, source + "kept = []\n")
    assert result.exit_code == 0, result.output
    assert "note: the derivation changes kept, which is none of its arguments;" in result.stdout

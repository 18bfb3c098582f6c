"""``handgrad check``: what it says of a user's mistake."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from compare.cli.app import app
from tests.compare.cli.checked import RIGHT, SEVERAL, run

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

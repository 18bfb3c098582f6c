"""``handgrad check``: what it finds and how it says so."""

import json
from pathlib import Path

from tests.compare.cli.checked import RIGHT, SEVERAL, WRONG, run


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


def test_what_is_kept_elsewhere_is_noted(tmp_path: Path) -> None:
    source = RIGHT.replace("    u = jnp.tanh", "    kept.append(x)\n    u = jnp.tanh")
    result = run(tmp_path, source + "kept = []\n")
    assert result.exit_code == 0, result.output
    assert "note: the derivation changes kept, which is none of its arguments;" in result.stdout

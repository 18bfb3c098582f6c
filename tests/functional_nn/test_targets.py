"""What becomes of targets, and what is said of targets that do not fit."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import losses
from functional_nn.targets import check, encode

CE, BCE = "softmax_cross_entropy", "binary_cross_entropy"

#  id: loss, targets, outputs, encoded
ENCODED = {
    "labels": (CE, [2, 0], 3, [[0, 0, 1], [1, 0, 0]]),
    "labels of a byte": (CE, np.array([2, 0], np.uint8), 3, [[0, 0, 1], [1, 0, 0]]),
    "as many classes as rows": (CE, [1, 0, 2], 3, [[0, 1, 0], [1, 0, 0], [0, 0, 1]]),
    "one-hot": (CE, [[0, 0, 1], [1, 0, 0]], 3, [[0, 0, 1], [1, 0, 0]]),
    "soft": (CE, [[0.25, 0.75], [1.0, 0.0]], 2, [[0.25, 0.75], [1, 0]]),
    "class weights": (CE, [[0.0, 3.0], [0.0, 0.0]], 2, [[0, 3], [0, 0]]),
    "labels, binary": (BCE, [1, 0], 2, [[0, 1], [1, 0]]),
    "one binary output": (BCE, [1, 0], 1, [[1], [0]]),
    "truth values": (BCE, np.array([True, False]), 1, [[1], [0]]),
    "truth values, two outputs": (CE, np.array([True, False]), 2, [[0, 1], [1, 0]]),
    "tags": (BCE, [[1, 1], [0, 1]], 2, [[1, 1], [0, 1]]),
    "probabilities": (BCE, [0.25, 1.0], 1, [[0.25], [1]]),
    "labels, squared error": ("squared_error", [1, 0], 2, [[0, 1], [1, 0]]),
    "a column as a row": ("half_squared_error", [1.5, -2.0], 1, [[1.5], [-2]]),
    "values": ("half_squared_error", [[1.5, -2.0]], 2, [[1.5, -2]]),
    "labels, hinge": ("hinge", [2, 0], 3, [[-1, -1, 1], [1, -1, -1]]),
    "hinge, 0 and 1": ("hinge", [0, 1], 1, [[-1], [1]]),
    "hinge, -1 and 1": ("hinge", [-1, 1], 1, [[-1], [1]]),
    "hinge, 0 and 1 in a column": ("hinge", [[0], [1]], 1, [[-1], [1]]),
    "hinge, truth values": ("hinge", np.array([False, True]), 1, [[-1], [1]]),
    "hinge, codes": ("hinge", [[-1.0, 1.0]], 2, [[-1, 1]]),
    "hinge, integer codes": ("hinge", [[-1, 1], [1, 1]], 2, [[-1, 1], [1, 1]]),
    "hinge, integer one-hot": ("hinge", [[0, 1], [1, 0]], 2, [[-1, 1], [1, -1]]),
}


@pytest.mark.parametrize(("loss", "y", "n_out", "wanted"), ENCODED.values(), ids=ENCODED)
def test_encode(loss: str, y: list, n_out: int, wanted: list) -> None:
    y = np.asarray(y, None if np.asarray(y).dtype != np.float64 else np.float32)
    outputs = jnp.zeros((len(y), n_out), jnp.bfloat16)
    eager, traced = encode(loss, y, outputs), jax.jit(encode, static_argnums=0)(loss, y, outputs)
    assert eager.dtype == outputs.dtype
    assert eager.tolist() == traced.tolist() == wanted


#  id: loss, targets, rows and outputs, error, the whole sentence
REFUSED = {
    "complex": (CE, np.array([1j, 0]), (2, 3), TypeError, (
        "targets are complex128; give real values or integer labels")),
    "words": (CE, np.array(["cat", "dog"]), (2, 3), TypeError, (
        "targets are <U3; give real values or integer labels")),
    "labels as floats": (CE, np.array([1.0, 0.0], np.float32), (2, 3), TypeError, (
        "labels must be integers, got float32 [2] for 3 outputs; cast them (y.astype(int)), "
        "or give one weight an output: [2, 3]")),
    "shape": (CE, np.zeros((2, 4)), (2, 3), ValueError, (
        "targets of shape [2, 4] do not fit outputs of shape [2, 3]; "
        "give integer labels [2] or values [2, 3]")),
    "too few rows": (CE, np.array([1, 0]), (3, 2), ValueError, (
        "targets of shape [2] do not fit outputs of shape [3, 2]; "
        "give integer labels [3] or values [3, 2]")),
    "a number": (BCE, np.array(1), (1, 1), ValueError, (
        "targets of shape [] do not fit outputs of shape [1, 1]; "
        "give integer labels [1] or values [1, 1]")),
    "no rows": (CE, np.zeros(0, int), (0, 3), ValueError, (
        "no rows: the mean over rows needs at least one")),
    "label too high": (CE, np.array([0, 3, 1, 9]), (4, 3), ValueError, (
        "label 3 in row 1 is out of range; 3 outputs take labels 0 to 2 (2 rows are wrong)")),
    "label negative": (CE, np.array([0, 1, -1]), (3, 3), ValueError, (
        "label -1 in row 2 is out of range; 3 outputs take labels 0 to 2 (1 rows are wrong)")),
    "label beyond int32": (CE, np.array([2**32, 1]), (2, 3), ValueError, (
        "label 4294967296 in row 0 is out of range; 3 outputs take labels 0 to 2 "
        "(1 rows are wrong)")),
    "not finite": ("squared_error", np.array([[0, np.nan]]), (1, 2), ValueError, (
        "target nan in row 0, output 1 does not suit squared_error; its targets are finite")),
    "not finite, half": ("half_squared_error", np.array([np.inf]), (1, 1), ValueError, (
        "target inf in row 0, output 0 does not suit half_squared_error; its targets are finite")),
    "no probability": (BCE, np.array([0.5, 1.5]), (2, 1), ValueError, (
        "target 1.5 in row 1, output 0 does not suit binary_cross_entropy; "
        "its targets are within 0 and 1")),
    "negative weight": (CE, np.array([[0.5, -0.5]]), (1, 2), ValueError, (
        "target -0.5 in row 0, output 1 does not suit softmax_cross_entropy; "
        "its targets are weights of at least 0")),
    "hinge, 0 as a float": ("hinge", np.array([1.0, 0.0]), (2, 1), ValueError, (
        "target 0.0 in row 1, output 0 does not suit hinge; "
        "its targets are -1 and +1, or integers 0 and 1")),
    "hinge, three codes": ("hinge", np.array([-1, 0, 1]), (3, 1), ValueError, (
        "target 0 in row 1, output 0 does not suit hinge; "
        "its targets are -1 and +1, or integers 0 and 1")),
}  # fmt: skip


@pytest.mark.parametrize(("loss", "y", "shape", "error", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused(
    loss: str, y: np.ndarray, shape: tuple, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        encode(loss, y, jnp.zeros(shape))


def test_every_loss_has_a_refusal() -> None:
    assert {case[0] for case in REFUSED.values()} == set(losses)


def test_under_jit_shapes_are_checked_and_values_are_not() -> None:
    encoded = jax.jit(lambda y: encode(CE, y, jnp.zeros((2, 3))))
    assert encoded(jnp.array([1, 7])).tolist() == [[0, 1, 0], [0, 0, 0]]
    with pytest.raises(ValueError, match=r"do not fit outputs of shape \[2, 3\]"):
        encoded(jnp.array([1, 2, 0]))


def test_more_classes_than_a_byte_counts() -> None:
    coded = encode(CE, np.array([200, 3], np.uint8), jnp.zeros((2, 300)))
    assert jnp.argmax(coded, axis=1).tolist() == [200, 3]


def test_check_needs_no_outputs() -> None:
    check(CE, np.array([0, 1]), batch=2, n_out=2)
    with pytest.raises(ValueError, match="label 2 in row 1 is out of range"):
        check(CE, np.array([0, 2]), batch=2, n_out=2)

"""Mistakes that the caller's inputs hide are found, and right rules are not accused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks.hidden import CASES
from compare import check_gradient, check_rule

BY_NAME = {case.name: case for case in CASES}
#: One for each way to hide.
SOME = [
    "relu",  # a sign
    "leaky relu, plain slope",  # a plain number that is no array
    "softplus, exp over one plus exp",  # large inputs
    "safe square root",  # a zero
    "layer norm, saved value scaled",  # a scale other than 1
    "clip to bounds that are arguments",  # both sides of a comparison
    "broadcast bias",  # more than one row
    "masked scores",  # a mask
    "gather",  # an index twice
    "largest of a row, all equal to it",  # a tie
    "two branches",  # lax.cond
    "gradient clipped though the forward is plain",  # a large upstream gradient
]


pytestmark = pytest.mark.usefixtures("as_users_have_it")


def check(case, pull, **options):
    return check_rule(
        case.function,
        case.forward,
        case.backward(pull),
        *case.args,
        nondiff_argnums=case.nondiff,
        **options,
    )


@pytest.mark.parametrize("name", SOME)
def test_found_and_the_right_sibling_is_not_accused(name):
    case = BY_NAME[name]
    report = check(case, case.wrong)
    assert not report.agrees
    assert report.notes[0].startswith("wrong on inputs that the check drew, though not on yours")
    right = check(case, case.right)
    assert right.agrees, str(right)
    assert right.coverage.probes > 20


def test_only_on_request():
    case = BY_NAME["relu"]
    assert check(case, case.wrong, vary=False).agrees


def test_the_inputs_are_small():
    case = BY_NAME["clip to bounds that are arguments"]
    (said, *_) = check(case, case.wrong).notes
    assert said.endswith("): low = 0.0") or "x = " in said


def test_a_kink_is_no_mistake():
    x = jnp.array([0.5, -1.0, 2.0])

    def loss(x):
        return jnp.sum(jnp.maximum(x, 0) + jnp.abs(x))

    for at_zero in (-1.0, 0.0, 1.0):
        report = check_gradient(
            loss, lambda x, s=at_zero: (x > 0) + jnp.where(x == 0, s, jnp.sign(x)), x
        )
        assert report.agrees, str(report)


def test_what_holds_for_probabilities_only_is_right_for_probabilities():
    z = jnp.array([[0.2, -0.1, 0.4], [1.0, 0.3, -2.0]])
    t = jnp.array([[0.25, 0.25, 0.5], [1.0, 0.0, 0.0]])

    def loss(z, t):
        return -jnp.sum(t * jax.nn.log_softmax(z, axis=-1))

    report = check_gradient(loss, lambda z, t: jax.nn.softmax(z, axis=-1) - t, z, t)
    assert report.agrees, str(report)


def test_what_holds_for_a_symmetric_matrix_only_is_right_for_one():
    a = jnp.array([[2.0, 0.5], [0.5, 1.0]])
    report = check_gradient(lambda x, a: x @ a @ x, lambda x, a: 2 * a @ x, jnp.ones(2), a)
    assert report.agrees, str(report)


def test_outside_the_domain_is_no_evidence():
    report = check_gradient(
        lambda x: jnp.sum(x * jnp.log(x)), lambda x: jnp.log(x) + 1, jnp.array([0.2, 1.5])
    )
    assert report.agrees, str(report)


def test_saturation_is_rounding():
    z = jnp.array([0.3, -0.8])

    def slope(z):
        s = 1 / (1 + jnp.exp(-z))
        return s * (1 - s)

    report = check_gradient(lambda z: jnp.sum(jax.nn.sigmoid(z)), slope, z)
    assert report.agrees, str(report)


def test_branches_count_all_probes():
    def loss(x):
        return jnp.sum(jnp.where(x > 3, 2 * x, x))

    x = jnp.array([0.5, 1.0])
    given = check_gradient(loss, lambda x: jnp.where(x > 3, 2.0, 1.0), x, vary=False)
    varied = check_gradient(loss, lambda x: jnp.where(x > 3, 2.0, 1.0), x)
    assert all(branch.one_sided for branch in given.coverage.branches)
    assert not any(branch.one_sided for branch in varied.coverage.branches)
    assert varied.coverage.probes > given.coverage.probes == 1


def test_the_fault_is_in_the_report_as_data():
    case = BY_NAME["relu"]
    node = check(case, case.wrong).first_wrong
    assert node is not None
    assert node.note == "on other inputs than yours"
    assert node.worst is not None
    assert np.isfinite(node.worst.hand)


def test_what_underflows_only_in_float64_is_no_mistake():
    def loss(z):
        return -jnp.mean(jax.nn.log_softmax(z)[:2])

    def gradient(z):
        p = jax.nn.softmax(z)
        joint = jnp.log(p)  # of a probability that underflows
        return jnp.exp(joint) - jnp.array([0.5, 0.5, 0.0])

    report = check_gradient(loss, gradient, jnp.array([0.3, -0.8, 1.1]))
    assert report.agrees, str(report)


def test_where_the_loss_overflows_inside_is_outside_its_domain():
    def loss(s):
        return jax.nn.logsumexp(-((2.0 * jnp.exp(-s)) ** 2))

    def gradient(s):
        z = 2.0 * jnp.exp(-s)
        return jax.nn.softmax(-z * z) * 2 * z * z

    report = check_gradient(loss, gradient, jnp.array([0.2, -0.1, 0.1]))
    assert report.agrees, str(report)


def test_a_logarithm_of_zero_that_the_loss_leaves_out_is_no_excuse_for_nan():
    def loss(p):
        return jnp.sum(jnp.where(jnp.log(p) > -5, p**2, p**2))

    report = check_gradient(loss, lambda p: 2 * p**2 / p, jnp.array([0.3, 0.7, 1.4]))
    (node,) = report.nodes
    assert node.verdict == "wrong"
    assert np.isnan(node.worst.hand)
    assert node.worst.reference == 0


def error(w, x, y):
    return jnp.mean((x @ w - y) ** 2)


COUNTS = {
    "len(y)": lambda x, y: len(y),
    "y.size": lambda x, y: y.size,
    "y.shape[0]": lambda x, y: y.shape[0],
    "x.shape[0]": lambda x, y: x.shape[0],
}


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS.keys())
def test_a_batch_of_one_grows_as_a_whole(count):
    """Rows of x alone would broadcast against the one of y, and the hand count too few."""
    w, x, y = jnp.array([0.3, -0.7, 0.2]), jnp.array([[1.0, -2.0, 0.5]]), jnp.array([0.4])
    right = check_gradient(error, lambda w, x, y: 2 * x.T @ (x @ w - y) / count(x, y), w, x, y)
    assert right.agrees, str(right)
    wrong = check_gradient(error, lambda w, x, y: 2 * x.T @ (x @ w - y), w, x, y, explain=False)
    assert not wrong.agrees


def test_a_flag_has_another_side():
    def loss(w, x, train):
        return jnp.sum(jnp.sin(jnp.where(train, 2.0, 1.0) * (x @ w)))

    def always_trains(w, x, train):
        return 2 * x.T @ jnp.cos(2 * (x @ w))

    def gradient(w, x, train):
        scale = jnp.where(train, 2.0, 1.0)
        return scale * x.T @ jnp.cos(scale * (x @ w))

    args = jnp.array([0.3, -0.7]), jnp.array([[1.0, 0.5], [-0.2, 0.8]]), jnp.array(True)
    assert check_gradient(loss, gradient, *args).agrees
    report = check_gradient(loss, always_trains, *args, explain=False)
    assert not report.agrees
    assert "train = False" in " ".join(report.notes)


def test_a_division_by_rounding_is_no_number_to_hold_the_hand_to():
    """Of a matrix with equal columns QR has no derivative; autodiff divides by 1e-17."""

    def loss(W, X):
        return jnp.sum((X @ jnp.linalg.qr(W)[0]) ** 2)

    def gradient(W, X):
        inverse = jnp.linalg.inv(W.T @ W)
        moved = X.T @ X @ W @ inverse
        return 2 * (moved - W @ inverse @ (W.T @ moved))

    W = jax.random.normal(jax.random.key(0), (4, 2))
    X = jax.random.normal(jax.random.key(1), (9, 4))
    assert check_gradient(loss, gradient, W, X).agrees


def test_an_argument_without_elements(recwarn):
    def loss(w, x, more):
        return jnp.sum((x @ w) ** 2) + jnp.sum(more @ w)

    x, w = jnp.array([[1.0, 0.5], [-0.2, 0.8]]), jnp.array([0.3, -0.7])
    args = w, x, jnp.zeros((0, 2))
    assert check_gradient(loss, lambda w, x, e: 2 * x.T @ (x @ w) + e.sum(axis=0), *args).agrees
    report = check_gradient(loss, lambda w, x, e: x.T @ (x @ w) + e.sum(axis=0), *args)
    assert report.diagnosis.kind == "wrong-constant-factor"
    assert not [one for one in recwarn if issubclass(one.category, RuntimeWarning)]

"""Mistakes that somebody made, as they stood there: each is placed, named and, mostly, mended."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import GradientStructureError, check_gradient, check_rule

KEYS = jax.random.split(jax.random.key(0), 12)


def drawn(number, *shape):
    return jax.random.normal(KEYS[number], shape)


# --- the rule that once stood in JAX's own tutorial -------------------------------------------


def sin_times(x, y):
    return jnp.sin(x) * y


def sin_times_forward(x, y):
    return sin_times(x, y), (jnp.cos(x), jnp.sin(x), y)


def sin_times_backward(saved, g):
    cos_x, sin_x, y = saved
    return cos_x * g * y, -sin_x * g  # the mistake


# --- scikit-learn's MLPRegressor: its gradient is n_outputs times that of its loss -------------


def squared_loss(params, x, y):
    (W1, b1), (W2, b2) = params
    hidden = jnp.tanh(x @ W1 + b1[None, :])
    return jnp.mean((hidden @ W2 + b2[None, :] - y) ** 2) / 2


def mlp_regressor(params, x, y):
    (W1, b1), (W2, b2) = params
    n_samples = x.shape[0]
    hidden = jnp.tanh(x @ W1 + b1[None, :])
    delta2 = hidden @ W2 + b2[None, :] - y  # the mistake
    W2_grad = hidden.T @ delta2 / n_samples
    delta1 = delta2 @ W2.T * (1 - hidden**2)
    W1_grad = x.T @ delta1 / n_samples
    return (W1_grad, jnp.mean(delta1, axis=0)), (W2_grad, jnp.mean(delta2, axis=0))


# --- z where u was meant, and a bias that is not summed ----------------------------------------


def z_for_u(params, x, y):
    (W1, b1), (W2, b2) = params
    z = x @ W1 + b1[None, :]
    u = jnp.tanh(z)
    delta2 = (u @ W2 + b2[None, :] - y) / y.size
    delta1 = delta2 @ W2.T * (1 - z**2)  # the mistake
    return (x.T @ delta1, delta1.sum(axis=0)), (u.T @ delta2, delta2.sum(axis=0))


def bias_not_summed(params, x, y):
    (W1, b1), (W2, b2) = params
    u = jnp.tanh(x @ W1 + b1[None, :])
    delta2 = (u @ W2 + b2[None, :] - y) / y.size
    delta1 = delta2 @ W2.T * (1 - u**2)
    db1 = delta1  # the mistake
    return (x.T @ delta1, db1), (u.T @ delta2, delta2.sum(axis=0))


# --- gelu's tanh form with the derivative of the exact form ------------------------------------


def gelu(z):
    return 0.5 * z * (1 + jnp.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def gelu_forward(z):
    return gelu(z), z


def gelu_backward(z, g):
    cdf = 0.5 * (1 + jax.lax.erf(z / np.sqrt(2)))
    pdf = jnp.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return (g * (cdf + z * pdf),)  # the mistake


# --- a layer norm that forgets that mean and variance depend on x ------------------------------


def normalized(x):
    centred = x - x.mean(axis=1, keepdims=True)
    rstd = 1 / jnp.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    return centred * rstd, rstd


def layer_norm(x, gamma, beta):
    return normalized(x)[0] * gamma[None, :] + beta[None, :]


def layer_norm_forward(x, gamma, beta):
    return layer_norm(x, gamma, beta), (*normalized(x), gamma)


def layer_norm_backward(saved, g):
    xhat, rstd, gamma = saved
    dxhat = g * gamma[None, :]
    dx = dxhat * rstd  # the mistake
    return dx, (g * xhat).sum(axis=0), g.sum(axis=0)


# --- softmax's Jacobian taken as diagonal ------------------------------------------------------


def softmax(z):
    e = jnp.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_forward(z):
    return softmax(z), softmax(z)


def softmax_backward(p, g):
    dz = g * p * (1 - p)  # the mistake
    return (dz,)


PARAMS = ((drawn(2, 5, 4), drawn(3, 4)), (drawn(4, 4, 3), drawn(5, 3)))
BATCH = drawn(6, 7, 5), drawn(7, 7, 3)


def rule(function, forward, backward, *args):
    return lambda: check_rule(function, forward, backward, *args)


def of_network(gradient):
    return lambda: check_gradient(squared_loss, gradient, PARAMS, *BATCH)


#: What no edit of one expression mends is told by its line; the kind is then not always known.
SEVERAL = {"unknown", "missing-term", "wrong-activation-derivative"}

#     id, report, the derivation, the wrong leaves, the kind or kinds, the edit
MISTAKES = [
    (
        "sin-times",
        rule(sin_times, sin_times_forward, sin_times_backward, drawn(0, 4), drawn(1, 4)),
        sin_times_backward,
        {"y"},
        {"wrong-sign"},
        "`-sin_x` -> `sin_x`",
    ),
    (
        "mlp-regressor",
        of_network(mlp_regressor),
        mlp_regressor,
        {"params[0][0]", "params[0][1]", "params[1][0]", "params[1][1]"},
        {"wrong-constant-factor"},
        "",
    ),
    (
        "z-for-u",
        of_network(z_for_u),
        z_for_u,
        {"params[0][0]", "params[0][1]"},
        {"wrong-saved-value"},
        "`z ** 2` -> `u ** 2`",
    ),
    (
        "gelu",
        rule(gelu, gelu_forward, gelu_backward, drawn(8, 6)),
        gelu_backward,
        {"z"},
        SEVERAL,
        "",
    ),
    (
        "layer-norm",
        rule(
            layer_norm,
            layer_norm_forward,
            layer_norm_backward,
            *(drawn(9, 5, 6), drawn(10, 6), drawn(11, 6)),
        ),
        layer_norm_backward,
        {"x"},
        SEVERAL,
        "",
    ),
    (
        "softmax",
        rule(softmax, softmax_forward, softmax_backward, drawn(9, 5, 6)),
        softmax_backward,
        {"z"},
        SEVERAL,
        "",
    ),
]


def line_of_the_mistake(function):
    lines = inspect.getsource(function).splitlines()
    (number,) = [k for k, line in enumerate(lines) if line.endswith("# the mistake")]
    return function.__code__.co_firstlineno + number


def line_of_the_return(function):
    return function.__code__.co_firstlineno + len(inspect.getsource(function).splitlines()) - 1


@pytest.mark.parametrize(
    ("report", "derivation", "wrong", "kinds", "edit"),
    [case[1:] for case in MISTAKES],
    ids=[case[0] for case in MISTAKES],
)
def test_the_mistake_is_placed_and_named(report, derivation, wrong, kinds, edit):
    found = report()
    assert {node.name for node in found.wrong} == wrong
    assert found.diagnosis.file == __file__
    assert found.diagnosis.line == line_of_the_mistake(derivation)
    assert found.diagnosis.kind in kinds
    if edit:
        assert found.diagnosis.edit == edit
        assert found.diagnosis.verified


def test_the_constant_factor_is_named_and_mended():
    found = of_network(mlp_regressor)()
    assert found.diagnosis.evidence.startswith("the hand's value is 3 times the right one")
    assert found.diagnosis.verified
    assert all(node.ratio == pytest.approx(3) for node in found.wrong)


def test_an_unsummed_bias_is_explained():
    with pytest.raises(GradientStructureError) as caught:
        of_network(bias_not_summed)()
    told = caught.value.diagnosis
    assert (told.kind, told.verified) == ("broadcast-not-reduced", True)
    assert told.line in (line_of_the_mistake(bias_not_summed), line_of_the_return(bias_not_summed))
    assert ".sum(axis=0)" in told.edit


def test_a_tie_of_logaddexp_is_no_alarm():
    def backward(saved, g):
        a, b = saved
        return g * jax.nn.sigmoid(a - b), g * jax.nn.sigmoid(b - a)

    zero = jnp.zeros(3)
    found = check_rule(
        jnp.logaddexp, lambda a, b: (jnp.logaddexp(a, b), (a, b)), backward, zero, zero
    )
    assert found.agrees
    assert all(node.verdict in ("agrees", "kink") for node in found.nodes)

"""Right derivations, written and run in every way that JAX offers, and slightly wrong ones."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from tests.compare.agreement.problem import Problem, draw

X, Y, LABELS = draw(6, 3), draw(6), np.array([0, 1, 2, 1, 0, 2])
BITS = jnp.asarray([0.0, 1.0, 0.0, 1.0, 0.0, 1.0])
KEY = jax.random.key(3)


def scan_with_branches() -> Problem:
    rows = draw(7, 3)

    def forward(w):
        def step(h, row):
            after = jax.lax.cond(
                jnp.sum(row) > 0, lambda h: jnp.tanh(w * h + row), lambda h: h * w, h
            )
            return after, h

        return jax.lax.scan(step, jnp.ones_like(w), rows)

    def gradient(w):
        last, before = forward(w)

        def back(carry, pair):
            dh, dw = carry
            row, h = pair
            u = jnp.tanh(w * h + row)
            dz = jnp.where(jnp.sum(row) > 0, dh * (1 - u * u), dh)
            return (dz * w, dw + dz * h), None

        start = 2 * last, jnp.zeros_like(w)
        return jax.lax.scan(back, start, (rows, before), reverse=True)[0][1]

    return Problem(lambda w: jnp.sum(forward(w)[0] ** 2), gradient, (draw(3),))


def power_in_a_while_loop() -> Problem:
    def gradient(w):
        def body(state):
            return state[0] + 1, state[1] * w

        return 5 * jax.lax.while_loop(lambda state: state[0] < 4, body, (0, jnp.ones_like(w)))[1]

    return Problem(lambda w: jnp.sum(w**5), gradient, (draw(3),))


def regression(loss, gradient) -> Problem:
    return Problem(loss, gradient, (draw(3), X, Y))


def squares(w, x, y):
    return jnp.mean((x @ w - y) ** 2)


def by_hand(w, x, y):
    return 2 * x.T @ (x @ w - y) / y.size


def classifier(loss, delta, shape) -> Problem:
    return Problem(
        lambda w, x: jnp.mean(loss(x @ w)), lambda w, x: x.T @ (delta(x @ w) / 6), (draw(*shape), X)
    )


def activations() -> Problem:
    alpha, scale = 1.6732632423543772, 1.0507009873554805

    def loss(w):
        parts = (jax.nn.softplus, jax.nn.relu, jax.nn.silu, jax.nn.elu, jax.nn.selu, jax.nn.gelu)
        return sum((jnp.sum(g(w)) for g in parts[1:-1]), start=jnp.sum(parts[0](w))) + (
            jnp.sum(jax.nn.gelu(w, approximate=False)) + jax.nn.logsumexp(w)
        )

    def gradient(w):
        s, on = jax.nn.sigmoid(w), jnp.where(w > 0, 1.0, 0.0)
        normal = 0.5 * jax.lax.erfc(-w / np.sqrt(2.0).astype(w.dtype))
        density = jnp.exp(-0.5 * w * w) / np.sqrt(2 * np.pi).astype(w.dtype)
        selu = scale * jnp.where(w > 0, 1.0, alpha * jnp.exp(w))
        elu = jnp.where(w > 0, 1.0, jnp.exp(w))
        return (
            s + on + s * (1 + w * (1 - s)) + elu + selu + normal + w * density + jax.nn.softmax(w)
        )

    return Problem(loss, gradient, (draw(5),))


def dropout() -> Problem:
    def kept(key):
        return jax.random.bernoulli(key, 0.5, (6,))

    return Problem(
        lambda w, x, key: jnp.sum(jnp.where(kept(key), x @ w, 0.0) ** 2),
        lambda w, x, key: x.T @ (2 * jnp.where(kept(key), x @ w, 0.0)),
        (draw(3), X, KEY),
    )


def reparametrized(key) -> Problem:
    def sample(p, key):
        noise = jax.random.normal(key, (4,), p["mean"].dtype)
        return noise, p["mean"] + jnp.exp(p["log_sd"]) * noise

    def gradient(p, key):
        noise, z = sample(p, key)
        return {"mean": 2 * z, "log_sd": 2 * z * jnp.exp(p["log_sd"]) * noise}

    params = {"mean": draw(4), "log_sd": draw(4, seed=1)}
    return Problem(lambda p, key: jnp.sum(sample(p, key)[1] ** 2), gradient, (params, key))


def convolution() -> Problem:
    x = draw(2, 8, 8, 3)
    layout = ("NHWC", "HWIO", "NHWC")

    def through(w, x):
        return jnp.tanh(
            jax.lax.conv_general_dilated(x, w, (1, 1), "VALID", dimension_numbers=layout)
        )

    def gradient(w, x):
        u = through(w, x)
        dz = 2 * u * (1 - u * u)
        patches = [[x[:, i : i + 6, j : j + 6] for j in range(3)] for i in range(3)]
        stacked = jnp.stack([jnp.stack(row, -2) for row in patches], -3)
        return jnp.einsum("bhwijc,bhwo->ijco", stacked, dz)

    return Problem(lambda w, x: jnp.sum(through(w, x) ** 2), gradient, (draw(3, 3, 3, 4), x))


def embedding() -> Problem:
    indices = jnp.asarray([0, 2, 2, 1])
    return Problem(
        lambda table, i: jnp.sum(table[i] ** 3),
        lambda table, i: jnp.zeros_like(table).at[i].add(3 * table[i] ** 2),
        (draw(5, 3), indices),
    )


def attention() -> Problem:
    x, causal = draw(5, 4), np.tril(np.ones((5, 5), bool))

    def through(p, x):
        q, k, v = x @ p["q"], x @ p["k"], x @ p["v"]
        a = jax.nn.softmax(jnp.where(causal, q @ k.T / 2, -1e30))
        return q, k, v, a, a @ v

    def gradient(p, x):
        q, k, v, a, out = through(p, x)
        da, dv = 2 * out @ v.T, a.T @ (2 * out)
        ds = a * (da - jnp.sum(da * a, axis=-1, keepdims=True)) / 2
        return {"q": x.T @ (ds @ k), "k": x.T @ (ds.T @ q), "v": x.T @ dv}

    params = {name: draw(4, 4, seed=k) for k, name in enumerate("qkv")}
    return Problem(lambda p, x: jnp.sum(through(p, x)[-1] ** 2), gradient, (params, x))


def log_determinant() -> Problem:
    a = draw(4, 4)
    return Problem(
        lambda a: 2 * jnp.sum(jnp.log(jnp.diag(jnp.linalg.cholesky(a)))),
        jnp.linalg.inv,
        (a @ a.T + 4 * jnp.eye(4),),
    )


def straight_through() -> Problem:
    def rounded(x):
        return x + jax.lax.stop_gradient(jnp.round(x) - x)

    return Problem(
        lambda w: jnp.sum(rounded(w) ** 2), lambda w: 2 * jnp.round(w), (draw(5, scale=3.0),)
    )


def printing() -> Problem:
    def gradient(w, x, y):
        jax.debug.print("{}", w)
        return by_hand(w, x, y)

    return regression(squares, gradient)


def by_vjp_of_a_part(p, x):
    h, pull = jax.vjp(lambda w: jnp.tanh(x @ w), p[0])
    d = 2 * h @ p[1]
    return pull(d @ p[1].T)[0], h.T @ d


def by_grad_of_the_head(p, x):
    h = jnp.tanh(x @ p[0])
    dh, dw = jax.grad(lambda h, w: jnp.sum((h @ w) ** 2), argnums=(0, 1))(h, p[1])
    return x.T @ (dh * (1 - h * h)), dw


def two_layers(gradient) -> Problem:
    return Problem(
        lambda p, x: jnp.sum((jnp.tanh(x @ p[0]) @ p[1]) ** 2),
        gradient,
        ((draw(3, 4), draw(4, 2)), X),
    )


RIGHT = {
    "jit": lambda: regression(jax.jit(squares), jax.jit(by_hand)),
    "jit in jit": lambda: regression(squares, jax.jit(lambda *args: jax.jit(by_hand)(*args))),
    "partial": lambda: Problem(
        functools.partial(squares, x=X, y=Y), functools.partial(by_hand, x=X, y=Y), (draw(3),)
    ),
    "vmap": lambda: regression(
        lambda w, x, y: jnp.mean(jax.vmap(lambda a, b: (jnp.dot(a, w) - b) ** 2)(x, y)),
        lambda w, x, y: jax.vmap(lambda a, b: 2 * (jnp.dot(a, w) - b) * a)(x, y).mean(axis=0),
    ),
    "remat": lambda: regression(jax.checkpoint(squares), by_hand),
    "prints": printing,
    "scan and cond": scan_with_branches,
    "while": power_in_a_while_loop,
    "fori": lambda: Problem(
        lambda w: jnp.sum(jax.lax.fori_loop(0, 5, lambda i, a: a * w, jnp.ones_like(w))),
        lambda w: 5 * w**4,
        (draw(3),),
    ),
    "optax, labels": lambda: classifier(
        lambda z: optax.softmax_cross_entropy_with_integer_labels(z, LABELS),
        lambda z: jax.nn.softmax(z) - jax.nn.one_hot(LABELS, 3, dtype=z.dtype),
        (3, 3),
    ),
    "optax, bits": lambda: classifier(
        lambda z: optax.sigmoid_binary_cross_entropy(z, BITS.astype(z.dtype)),
        lambda z: jax.nn.sigmoid(z) - BITS.astype(z.dtype),
        (3,),
    ),
    "activations with rules of JAX's": activations,
    "dropout": dropout,
    "reparametrized": lambda: reparametrized(KEY),
    "an old-style key": lambda: reparametrized(jax.random.PRNGKey(0)),
    "convolution": convolution,
    "embedding": embedding,
    "attention": attention,
    "log determinant": log_determinant,
    "fourier": lambda: Problem(
        lambda x: jnp.sum(jnp.abs(jnp.fft.fft(x)) ** 2), lambda x: 2 * x.size * x, (draw(8),)
    ),
    "straight through": straight_through,
    "vjp of a part": lambda: two_layers(by_vjp_of_a_part),
    "grad of the head": lambda: two_layers(by_grad_of_the_head),
}


@pytest.mark.parametrize("name", RIGHT)
def test_no_false_alarm(name):
    report = RIGHT[name]().ask()
    assert report.agrees, str(report)
    assert all(node.formula_error < 1e-12 for node in report.nodes)


@pytest.mark.parametrize("name", ["scan and cond", "dropout", "convolution", "attention"])
def test_a_small_fault_is_seen(name):
    right = RIGHT[name]()

    def gradient(*args):
        return jax.tree.map(lambda g: g * 1.000001, right.gradient(*args))

    report = right._replace(gradient=gradient).ask()
    assert {node.verdict for node in report.nodes} == {"wrong"}


def test_nothing_is_printed_by_the_check(capfd):
    """The compiled run prints, and a run on paper does not."""
    printing().ask()
    jax.effects_barrier()
    assert len(capfd.readouterr().out.splitlines()) <= 3

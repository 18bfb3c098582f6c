"""Libraries of networks, losses and optimizers."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp

from benchmarks.libraries.case import MIXED, ROWS, SHARE, WEIGHTS, Case, sweep


def optax() -> Iterator[Case]:
    """Yield losses, projections, and what optimizers are made of."""
    import optax

    rows, weights = jnp.asarray(ROWS), jnp.asarray(WEIGHTS)
    yield from sweep(optax.losses, "optax.losses")
    yield from sweep(optax.projections, "optax.projections")
    yield from sweep(optax, "optax", skip=dir(optax.losses))
    yield Case("optax.losses.ctc_loss", _ctc, (jnp.stack([rows, -rows]),))
    yield Case(
        "optax.losses.poly_loss_cross_entropy",
        lambda z: optax.losses.poly_loss_cross_entropy(z, weights, epsilon=2.0),
        (rows,),
    )
    yield Case(
        "optax.projections.projection_l1_ball",
        lambda x: optax.projections.projection_l1_ball(x, 0.8),
        (jnp.asarray(MIXED),),
    )
    yield Case(
        "optax.scale_gradient",
        lambda x: jnp.sin(optax.scale_gradient(x, 0.5)),
        (rows,),
        by_design=("_scale_gradient",),
    )


def _ctc(logits):
    import optax

    none = jnp.zeros(logits.shape[:2])
    labels = jnp.array([[1, 2], [2, 1]])
    return optax.losses.ctc_loss(logits, none, labels, jnp.zeros(labels.shape))


def flax() -> Iterator[Case]:
    """Yield the layers of linen and nnx, and the straight-through rules of its fp8 layers."""
    import flax.linen as nn
    from flax.linen import fp8_ops

    rows = jnp.asarray(ROWS)
    yield from sweep(nn.activation, "flax.linen.activation")
    layers = {
        "LayerNorm": nn.LayerNorm(),
        "RMSNorm": nn.RMSNorm(),
        "GroupNorm": nn.GroupNorm(num_groups=1),
        "MultiHeadDotProductAttention": nn.MultiHeadDotProductAttention(num_heads=1),
        "PReLU": nn.PReLU(),
        "Dense": nn.Sequential([nn.Dense(5), nn.relu, nn.Dense(2), nn.log_softmax]),
        "WeightNorm": nn.WeightNorm(nn.Dense(5)),
    }
    for name, layer in layers.items():
        yield Case(f"flax.linen.{name}", *_initialized(layer, rows))
    scale, history = jnp.ones((1,)), jnp.zeros((8,))
    e4m3 = jnp.float8_e4m3fn
    for name, rule in {"in_qdq": fp8_ops.in_qdq, "out_qdq": fp8_ops.out_qdq}.items():
        yield Case(
            f"flax.linen.fp8_ops.{name}",
            lambda x, s, h, rule=rule: rule(jnp.float32, e4m3, x, s, h),
            (rows.astype("float32"), scale.astype("float32"), history.astype("float32")),
            by_design=(name,),
        )


def _initialized(layer, rows):
    keys = {name: jax.random.key(k) for k, name in enumerate(("params", "dropout"))}
    variables = layer.init(keys, rows)
    return layer.apply, (variables, rows)


def equinox() -> Iterator[Case]:
    """Yield its layers, its loops with checkpoints, and what it guards programs with."""
    import equinox as eqx
    import equinox.internal as eqxi

    x, share, key = jnp.asarray(MIXED), jnp.asarray(SHARE), jax.random.key(0)
    mlp = eqx.nn.MLP(4, 3, 5, 2, key=key)
    arrays, rest = eqx.partition(mlp, eqx.is_inexact_array)
    yield Case("equinox.nn.MLP", lambda p, x: eqx.combine(p, rest)(x), (arrays, x))
    yield Case("equinox.nn.PReLU", eqx.nn.PReLU(), (x,))
    yield Case("equinox.error_if", lambda x: jnp.sin(eqx.error_if(x, x > 9, "large")), (x,))
    yield Case("equinox.internal.nextafter", lambda x: eqxi.nextafter(x) * x, (x,))
    yield Case("equinox.internal.prevbefore", lambda x: eqxi.prevbefore(x) * x, (x,))
    yield Case("equinox.debug.backward_nan", lambda x: jnp.sin(eqx.debug.backward_nan(x)), (x,))
    for kind in ("lax", "checkpointed", "bounded"):
        yield Case(
            f"equinox.internal.while_loop {kind}",
            lambda x, s, kind=kind: eqxi.while_loop(
                lambda c: c[0] < 5,
                lambda c: (c[0] + 1, jnp.tanh(c[1]) * s),
                (0, x),
                kind=kind,
                **({} if kind == "lax" else {"max_steps": 8}),
            )[1],
            (x, share),
            wraps=f"equinox while_loop {kind}",
        )
    yield Case(
        "equinox.internal.scan checkpointed",
        lambda x, s: eqxi.scan(
            lambda c, t: (jnp.sin(c) * t, c), x, jnp.stack([s, 2 * s, 3 * s]), kind="checkpointed"
        ),
        (x, share),
        wraps="equinox scan checkpointed",
    )
    yield Case("equinox.filter_checkpoint", eqx.filter_checkpoint(jax.nn.relu), (x,))

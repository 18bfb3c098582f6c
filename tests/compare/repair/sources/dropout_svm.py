"""Layers as pairs of functions with a cache, dropout, and the hinge loss."""

import jax.numpy as jnp


def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = jnp.sum(dout, axis=0)
    return dx, dw, db


def relu_forward(x):
    return jnp.maximum(x, 0), x


def relu_backward(dout, cache):
    x = cache
    return dout * (x > 0)


def dropout_backward(dout, mask, p):
    return dout * mask / p


def svm_loss(x, y):
    n = x.shape[0]
    correct = x[jnp.arange(n), y]
    margins = jnp.maximum(0, x - correct[:, None] + 1.0)
    margins = margins.at[jnp.arange(n), y].set(0)
    return jnp.sum(margins) / n


def svm_grad(x, y):
    n = x.shape[0]
    correct = x[jnp.arange(n), y]
    margins = jnp.maximum(0, x - correct[:, None] + 1.0)
    margins = margins.at[jnp.arange(n), y].set(0)
    num_pos = jnp.sum(margins > 0, axis=1)
    dx = (margins > 0).astype(x.dtype)
    dx = dx.at[jnp.arange(n), y].add(-num_pos)
    return dx / n


def loss(params, X, y, mask, reg=0.1):
    h, _ = affine_forward(X, params["W1"], params["b1"])
    h, _ = relu_forward(h)
    h = h * mask / 0.5
    s, _ = affine_forward(h, params["W2"], params["b2"])
    return svm_loss(s, y) + 0.5 * reg * (jnp.sum(params["W1"] ** 2) + jnp.sum(params["W2"] ** 2))


def gradient(params, X, y, mask, reg=0.1):
    a, c1 = affine_forward(X, params["W1"], params["b1"])
    h, cr = relu_forward(a)
    hd = h * mask / 0.5
    s, c2 = affine_forward(hd, params["W2"], params["b2"])
    ds = svm_grad(s, y)
    dh, dW2, db2 = affine_backward(ds, c2)
    dh = dropout_backward(dh, mask, 0.5)
    da = relu_backward(dh, cr)
    _, dW1, db1 = affine_backward(da, c1)
    grads = {}
    grads["W1"] = dW1 + reg * params["W1"]
    grads["b1"] = db1
    grads["W2"] = dW2 + reg * params["W2"]
    grads["b2"] = db2
    return grads

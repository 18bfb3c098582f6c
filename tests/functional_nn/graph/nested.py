"""A network of modules, three deep: the net is made of layers, a layer has a dense part."""

from functional_nn.graph import Graph, build, gate, symbols


def dense() -> Graph:
    u, W, b = symbols("u W b")
    return build((u @ W + b).named("z"), "dense", inputs=(u, W, b))


def layer(activation: str = "tanh") -> Graph:
    u, W, b = symbols("u W b")
    z = dense()(u, W, b).named("d")
    return build(gate(activation)(z).named("v"), "layer", inputs=(u, W, b))


def net() -> Graph:
    x, W1, b1, W2, b2 = symbols("x W1 b1 W2 b2")
    hidden = layer()(x, W1, b1).named("h1")
    output = layer()(hidden, W2, b2).named("h2")
    return build((output**2).mean().named("J"), "net", inputs=(x, W1, b1, W2, b2))

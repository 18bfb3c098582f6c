"""Right derivations in many styles: each module has ``loss``, ``gradient``, ``inputs`` and ``STEPS``.

``inputs(rng)`` draws the arguments in float64. ``STEPS`` lists the differentiated arguments, nearest
the loss first, as groups of names that are used in the same step of the forward pass.
"""

NAMES = (
    "attention",
    "batch_last",
    "batch_norm",
    "convolution",
    "dataclass_params",
    "dictionary_params",
    "einsum_mlp",
    "embedding",
    "gaussian",
    "helper_module",
    "jit_inside",
    "layer_norm",
    "logistic_ascent",
    "loop_mlp",
    "lstm_cell",
    "masked_pooling",
    "mixture",
    "named_values",
    "one_liner",
    "rnn",
    "scan_layers",
    "softmax_l2",
    "vmap_inside",
)

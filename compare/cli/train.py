"""``handgrad train``: its options and its help; the work is in ``compare.cli.training``."""

from pathlib import Path
from typing import Annotated

import typer

from compare.cli.misuse import exits
from compare.cli.settings import Settings

EPILOG = """\b
Examples:
  handgrad train                                      the digits that come with scikit-learn
  handgrad train --gradient both                      both gradients, side by side
  handgrad train --data mnist                         a folder with MNIST's four IDX files
  handgrad train --data mnist --classes 0,1           zeros against ones
  handgrad train --data spirals --hidden 32,32 --activations tanh --epochs 200
  handgrad train --optimizer sgd --learning-rate 0.1 --schedule constant
  handgrad train --json > result.json                 for a script
  handgrad train --checkpoint runs/mine --resume      killed? the same command goes on
  handgrad train --history loss.csv --verify-every 5  watched while it goes
  handgrad train --devices 8 --mesh data=4,model=2    rows in four parts, units in two
  handgrad train --hidden 64x512 --scanned --recompute   512 hidden layers
  handgrad train --data huge --stream                 a folder larger than memory
  handgrad train --export net.safetensors --layout torch

\b
Activations  identity step sigmoid tanh relu leaky_relu softplus elu gelu gelu_tanh silu
Losses       softmax_cross_entropy binary_cross_entropy half_squared_error squared_error hinge
Initializers he_normal he_uniform glorot_normal glorot_uniform lecun_normal lecun_uniform
             small_normal zeros
Data sets    digits circles gaussians moons spirals xor, or a folder with IDX files
"""


def train(  # one parameter an option
    data: Annotated[
        str, typer.Option(metavar="NAME|FOLDER", help="Data set, or a folder with IDX files.")
    ] = Settings.data,
    stream: Annotated[
        bool, typer.Option("--stream", help="Leave a folder's rows in their files; read as needed.")
    ] = Settings.stream,
    classes: Annotated[
        str, typer.Option(metavar="A,B", help="Keep these labels only, as 0,1.")
    ] = Settings.classes,
    hidden: Annotated[
        str, typer.Option(metavar="N,N", help="Units of the hidden layers, as 128,64 or 64x12.")
    ] = Settings.hidden,
    sizes: Annotated[
        str, typer.Option(metavar="N,N,N", help="Units of all layers, as 784,128,10.")
    ] = Settings.sizes,
    activations: Annotated[
        str, typer.Option(metavar="NAME[,NAME]", help="Of the hidden layers: one, or one each.")
    ] = Settings.activations,
    output: Annotated[
        str, typer.Option(metavar="NAME", help="Activation of the last layer.")
    ] = Settings.output,
    loss: Annotated[
        str, typer.Option(metavar="NAME", help="Left out, the data decide.")
    ] = Settings.loss,
    initializer: Annotated[
        str, typer.Option(metavar="NAME", help="Of the weights; biases begin at 0.")
    ] = Settings.initializer,
    l2: Annotated[
        float, typer.Option(metavar="X", help="Weight of the penalty l2/2 sum(W^2).")
    ] = Settings.l2,
    optimizer: Annotated[
        str, typer.Option(metavar="NAME", help="One of optax's: adam, adamw, sgd, ...")
    ] = Settings.optimizer,
    learning_rate: Annotated[
        float, typer.Option(metavar="X", help="At its highest. 0: what suits the optimizer.")
    ] = Settings.learning_rate,
    schedule: Annotated[
        str, typer.Option(metavar="NAME", help="Of the learning rate: constant, cosine, ...")
    ] = Settings.schedule,
    batch: Annotated[
        int, typer.Option(metavar="N", help="Rows of a step. 0: the data decide.")
    ] = Settings.batch,
    epochs: Annotated[
        int, typer.Option(metavar="N", help="Times through the data. 0: the data decide.")
    ] = Settings.epochs,
    patience: Annotated[
        int,
        typer.Option(metavar="N", help="Stop after N epochs without a better one. 0: never."),
    ] = Settings.patience,
    gradient: Annotated[
        str, typer.Option(metavar="NAME", help="manual, autodiff, or both side by side.")
    ] = Settings.gradient,
    scanned: Annotated[
        bool, typer.Option("--scanned", help="Run equal hidden layers as one scanned layer.")
    ] = Settings.scanned,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="With --scanned: less memory, forward twice.")
    ] = Settings.recompute,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Of the split, the weights and the shuffling.")
    ] = Settings.seed,
    dtype: Annotated[
        str, typer.Option(metavar="NAME", help="float32, float64, bfloat16 or float16.")
    ] = Settings.dtype,
    precision: Annotated[
        str, typer.Option(metavar="NAME", help="Of matrix products: default, high, highest.")
    ] = Settings.precision,
    compute: Annotated[
        str, typer.Option(metavar="NAME", help="Dtype of layers: bfloat16, float16. Else --dtype.")
    ] = Settings.compute,
    checkpoint: Annotated[
        str, typer.Option(metavar="FOLDER", help="Save everything there, every so often.")
    ] = Settings.checkpoint,
    save_every: Annotated[
        str, typer.Option(metavar="N", help="How often: '5' epochs, '1000 steps', '30 s'.")
    ] = Settings.save_every,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the newest intact checkpoint.")
    ] = Settings.resume,
    history: Annotated[
        str, typer.Option(metavar="FILE", help="A line an epoch as it goes: .csv or .jsonl.")
    ] = Settings.history,
    tensorboard: Annotated[
        str, typer.Option(metavar="FOLDER", help="Curves for TensorBoard.")
    ] = Settings.tensorboard,
    verify_every: Annotated[
        int, typer.Option(metavar="N", help="Proof-read the derivation every N epochs. 0: never.")
    ] = Settings.verify_every,
    profile: Annotated[
        str, typer.Option(metavar="FOLDER", help="Trace one call on the device.")
    ] = Settings.profile,
    export: Annotated[
        str, typer.Option(metavar="FILE", help="Write the parameters: .safetensors or .npz.")
    ] = Settings.export,
    layout: Annotated[
        str, typer.Option(metavar="NAME", help="Of the export: house, or torch ([out, in]).")
    ] = Settings.layout,
    devices: Annotated[
        int, typer.Option(metavar="N", help="Simulate so many devices on the CPU.")
    ] = Settings.devices,
    mesh: Annotated[
        str, typer.Option(metavar="AXIS=N,..", help="Devices to run on, as data=4,model=2.")
    ] = Settings.mesh,
    distributed: Annotated[
        bool, typer.Option("--distributed", help="Join the processes a launcher started.")
    ] = Settings.distributed,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the report is written.")
    ] = Path("runs/train"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Train a network, with the hand-derived gradient or with autodiff.

    Before training the two gradients are compared on some rows of the data. Afterwards a report
    with pictures, the numbers as JSON and the parameters lie in a folder. Whatever you leave out
    follows from the data. A FOLDER that is not there is made; a FILE goes into one that is.
    """
    options = {name: value for name, value in locals().items() if name not in ("out", "as_json")}
    with exits():
        from compare.cli.training import work

        raise typer.Exit(work(Settings(**options), out, as_json))

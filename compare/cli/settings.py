"""What ``handgrad train`` was asked for, and what that becomes: data, network, optimizer.

Whatever is left out follows from the data, so that a name or a folder is enough.
"""

import shlex
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from compare.cli.misuse import MisuseError

if TYPE_CHECKING:
    from compare.training import Stream
    from functional_nn import MLP
    from functional_nn.datasets import Splits

#: A data set with at least so many rows gets the larger network and batch, and fewer epochs.
LARGE = 10_000


@dataclass(frozen=True)
class Settings:
    """Options of ``handgrad train``, each as it stands on the command line; "" or 0: by the data.

    The help of each is in ``compare.cli.train``.
    """

    data: str = "digits"
    stream: bool = False
    classes: str = ""
    sizes: str = ""
    hidden: str = ""
    activations: str = "relu"
    output: str = "identity"
    loss: str = ""
    initializer: str = "he_normal"
    l2: float = 0.0
    optimizer: str = "adam"
    learning_rate: float = 0.0
    schedule: str = "cosine"
    batch: int = 0
    epochs: int = 0
    patience: int = 0
    seed: int = 0
    dtype: str = "float32"
    precision: str = ""
    compute: str = ""
    gradient: str = "manual"
    scanned: bool = False
    recompute: bool = False
    checkpoint: str = ""
    save_every: str = "30 s"
    resume: bool = False
    history: str = ""
    tensorboard: str = ""
    verify_every: int = 0
    profile: str = ""
    export: str = ""
    layout: str = "house"
    devices: int = 0
    mesh: str = ""
    distributed: bool = False

    def command(self) -> str:
        """Return the command line that asks for the same."""
        words = ["handgrad train"]
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                given = "" if value is True else f" {shlex.quote(str(value))}"
                words.append(f"--{field.name.replace('_', '-')}{given}")
        return " ".join(words)


def whole_numbers(option: str, text: str, example: str) -> tuple[int, ...]:
    """Return the parts of ``784,128,10``; ``784-128-10`` is understood as well.

    ``64x3`` stands for ``64,64,64``.

    Raises:
        MisuseError: If a part is no whole number.
    """
    try:
        parts = (part.partition("x") for part in text.replace("-", ",").split(",") if text)
        repeated = [(int(size), int(times) if x else 1) for size, x, times in parts]
        if not all(times > 0 for _, times in repeated):
            raise ValueError("a size that occurs less than once")
        return tuple(size for size, times in repeated for _ in range(times))
    except ValueError:
        raise MisuseError(
            f"--{option} is {text!r}; wanted whole numbers separated by commas, as in "
            f"--{option} {example}"
        ) from None


def splits_for(settings: Settings) -> "Splits":
    """Return the data asked for, in three parts."""
    from functional_nn import datasets

    classes = whole_numbers("classes", settings.classes, "0,1")
    if len(classes) == 1:
        raise MisuseError(f"--classes is {settings.classes!r}; wanted two or more, as in 0,1")
    return datasets.load(settings.data, seed=settings.seed, classes=classes or None)


def stream_for(settings: Settings) -> "Stream":
    """Return the data asked for, the rows to learn from left in their files.

    Raises:
        MisuseError: If they are not in files, or some of the labels shall be left out.
    """
    from compare.training import Stream
    from functional_nn import datasets

    if settings.data in datasets.datasets:
        raise MisuseError(
            f"--stream leaves a folder's rows in their files, and --data is {settings.data}; "
            "give a folder with IDX files"
        )
    if settings.classes:
        raise MisuseError("--stream and --classes are both given; give one of them")
    return Stream(*datasets.stored_folder(settings.data, seed=settings.seed))


def network_for(settings: Settings, data: "Splits", large: bool) -> "MLP":
    """Return the network asked for; its first and last size, left out, are the data's."""
    from functional_nn import MLP

    train = data.train
    loss = settings.loss or ("half_squared_error" if train.has_values else "softmax_cross_entropy")
    names = tuple(name.strip() for name in settings.activations.split(","))
    return MLP(
        sizes_for(settings, data, loss, large),
        activations=names[0] if len(names) == 1 else names,
        output=settings.output,
        loss=loss,
        initializer=settings.initializer,
        l2=settings.l2,
    )


def sizes_for(settings: Settings, data: "Splits", loss: str, large: bool) -> tuple[int, ...]:
    """Return the units of each layer; left out, more where there are many rows."""
    if settings.sizes and settings.hidden:
        raise MisuseError("--sizes and --hidden are both given; give one of them")
    if settings.sizes:
        return whole_numbers("sizes", settings.sizes, "784,128,10")
    train = data.train
    hidden = whole_numbers("hidden", settings.hidden, "128,64")
    hidden = hidden or ((256,) if large else (32,))
    two_sided = train.classes == 2 and loss in ("binary_cross_entropy", "hinge")
    return (train.n_features, *hidden, 1 if two_sided else train.n_targets)


def is_large(rows: int) -> bool:
    """Whether there are enough rows for the larger defaults."""
    return rows >= LARGE

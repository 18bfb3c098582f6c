"""``handgrad sweep``: many models trained at once; its options and its work."""

from pathlib import Path
from typing import Annotated, Any

import typer

from compare.cli.misuse import AGREES, DISAGREES, INTERRUPTED, MisuseError, blaming_input, exits
from compare.cli.screen import Screen
from compare.cli.settings import Settings

EPILOG = """\b
Examples:
  handgrad sweep                                        4 seeds x 4 learning rates, on digits
  handgrad sweep --learning-rates 1e-3,3e-3 --scales 0.5,1,2 --seeds 8
  handgrad sweep --data spirals --hidden 16,16 --epochs 200
  handgrad sweep --devices 4                            an equal share of the models for each
"""


def sweep(  # one parameter an option
    data: Annotated[
        str, typer.Option(metavar="NAME|FOLDER", help="Data set, or a folder with IDX files.")
    ] = Settings.data,
    hidden: Annotated[
        str, typer.Option(metavar="N,N", help="Units of the hidden layers, as 128,64.")
    ] = Settings.hidden,
    activations: Annotated[
        str, typer.Option(metavar="NAME[,NAME]", help="Of the hidden layers: one, or one each.")
    ] = Settings.activations,
    initializer: Annotated[
        str, typer.Option(metavar="NAME", help="Of the weights; biases begin at 0.")
    ] = Settings.initializer,
    optimizer: Annotated[
        str, typer.Option(metavar="NAME", help="One of optax's: adam, adamw, sgd, ...")
    ] = Settings.optimizer,
    learning_rates: Annotated[
        str, typer.Option(metavar="X,X", help="To try.")
    ] = "3e-4,1e-3,3e-3,1e-2",
    scales: Annotated[
        str, typer.Option(metavar="X,X", help="To multiply the initial weights by.")
    ] = "1",
    seeds: Annotated[int, typer.Option(metavar="N", min=1, help="How many of each.")] = 4,
    batch: Annotated[
        int | None, typer.Option(metavar="N", min=1, show_default="32", help="Rows of a step.")
    ] = None,
    epochs: Annotated[int, typer.Option(metavar="N", min=1, help="Times through the data.")] = 20,
    gradient: Annotated[
        str, typer.Option(metavar="NAME", help="manual or autodiff.")
    ] = Settings.gradient,
    devices: Annotated[int, typer.Option(metavar="N", min=1, help="To spread models over.")] = 1,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where picture and numbers are written.")
    ] = Path("runs/sweep"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Train many models at once: every seed with every learning rate and initial scale."""
    asked = dict(locals())
    with exits():
        settings = Settings(
            data=data, hidden=hidden, activations=activations, initializer=initializer
        )
        raise typer.Exit(_work(settings, asked))


def _work(settings: Settings, asked: dict[str, Any]) -> int:
    from compare.cli.as_json import dumps
    from compare.cli.folder import ready
    from compare.cli.settings import is_large, network_for, splits_for
    from compare.cli.wording import data_in_words, network_in_words
    from compare.pictures import sweep as picture
    from compare.pictures.files import save
    from compare.training.sweeping import sweep as train_all

    screen, out = Screen(silent=asked["as_json"]), ready(asked["out"])
    with blaming_input():
        rates, scales = (_numbers(name, asked[name]) for name in ("learning_rates", "scales"))
        data = splits_for(settings)
        mlp = network_for(settings, data, is_large(len(data.train)))
        devices = _devices(asked["devices"])
        screen.say(data_in_words(data))
        screen.say(f"{network_in_words(mlp)}; {asked['optimizer']}.")
        with screen.working("training"):
            found = train_all(
                mlp, asked["optimizer"], data, seeds=range(asked["seeds"]), learning_rates=rates,
                scales=scales, gradient=asked["gradient"], epochs=asked["epochs"],
                batch_size=asked["batch"] or min(32, len(data.train)), devices=devices,
            )  # fmt: skip
    head, *_, last = str(found).splitlines()
    screen.say(f"{head}.")
    screen.table(found.table())
    screen.say(f"{last}.")
    told = dumps(found.to_dict())
    if asked["as_json"]:
        typer.echo(told)
    with blaming_input():
        (out / "sweep.json").write_text(told, encoding="utf-8")
        drawn = save(picture(found), out / "sweep.png")
    screen.say(f"picture: {drawn}")
    if found.interrupted:
        return INTERRUPTED
    return AGREES if found.finite.any() else DISAGREES


def _numbers(name: str, text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        option = name.replace("_", "-")
        raise MisuseError(
            f"--{option} is {text!r}; wanted numbers separated by commas, as in --{option} 0.1,1"
        ) from None


def _devices(wanted: int) -> list[Any]:
    import jax

    there = jax.devices()
    if wanted > len(there):
        simulated = (
            f". To simulate them: XLA_FLAGS=--xla_force_host_platform_device_count={wanted}"
            if there[0].platform == "cpu"
            else ""
        )
        raise MisuseError(
            f"--devices is {wanted}; there are {len(there)}, all {there[0].platform}{simulated}"
        )
    return there[:wanted]

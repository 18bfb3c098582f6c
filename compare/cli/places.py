"""Where a run is kept, written down and exported: tried before any work, so that none is lost."""

from importlib.util import find_spec
from pathlib import Path

from compare.cli.folder import ready, writable
from compare.cli.misuse import MisuseError, describe
from compare.cli.settings import Settings
from compare.training import SaveError, checks, together
from compare.training.interchange import FORMATS, layouts
from compare.training.keeping import folder
from compare.training.keeping.every import every
from compare.training.watching.history_file import ENDINGS
from functional_nn.names import lookup

#: Options that name a folder, which is made; then those that name a file in one that is there.
FOLDERS = ("checkpoint", "tensorboard", "profile")
FILES = {"history": ENDINGS, "export": tuple(FORMATS)}


def place(where: str, gradient: str, among: tuple[str, ...]) -> Path | None:
    """Return a file or folder asked for; where several gradients train, that of this one."""
    if not where:
        return None
    path = Path(where)
    return path.with_stem(f"{path.stem}-{gradient}") if len(among) > 1 else path


def check(settings: Settings, gradients: tuple[str, ...]) -> None:
    """Refuse what a run could not be kept in, or watched by; of several processes the first writes.

    Raises:
        MisuseError: If options do not go together, or a place cannot be written to.
        ValueError: If a name or a number is none.
    """
    every(settings.save_every)
    checks.whole("--verify-every", settings.verify_every, 0)
    lookup("layout", settings.layout, layouts)
    _check_together(settings, gradients)
    for option, endings in FILES.items():
        given = getattr(settings, option)
        if given and Path(given).suffix not in endings:
            raise MisuseError(f"--{option} is {given!r}; wanted a name in {' or '.join(endings)}")
    if not together.is_first():
        return
    for gradient in gradients:
        for option in FOLDERS:
            _make(option, place(getattr(settings, option), gradient, gradients))
    for gradient in gradients:
        for option in FILES:
            if file := place(getattr(settings, option), gradient, gradients):
                writable(file, f"--{option}")


def _check_together(settings: Settings, gradients: tuple[str, ...]) -> None:
    if settings.resume and not settings.checkpoint:
        raise MisuseError("--resume needs a folder to look in: --checkpoint FOLDER")
    if settings.save_every != Settings.save_every and not settings.checkpoint:
        raise MisuseError("--save-every needs a folder to save in: --checkpoint FOLDER")
    if settings.layout != Settings.layout and not settings.export:
        raise MisuseError("--layout is that of a file: --export FILE")
    if settings.verify_every and gradients == ("autodiff",):
        raise MisuseError(
            "--verify-every proof-reads the hand derivation, and --gradient is autodiff; wanted "
            "manual or both"
        )
    if settings.tensorboard and find_spec("tensorboardX") is None:
        raise MisuseError("--tensorboard needs tensorboardX: pip install 'handgrad[tensorboard]'")


def _make(option: str, where: Path | None) -> None:
    """Make a folder, and see that it can be written to."""
    if where is None:
        return
    if option != "checkpoint":
        ready(where, f"--{option}")
        return
    try:
        folder.ready(where)
    except SaveError as error:
        raise MisuseError(describe(error)) from error

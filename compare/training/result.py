"""What training hands back."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from compare.training.faults import NonFinite
from compare.training.history import History
from compare.training.keeping import Resumed
from compare.training.watching import Verified
from functional_nn import MLP, Params

Stopped: TypeAlias = Literal["epochs", "early", "non-finite", "interrupted", "wrong-gradient"]


@dataclass(frozen=True, eq=False)
class TrainResult:
    """What a run reached.

    Attributes:
        mlp: The network.
        params: Its parameters: those of the best epoch with patience, else the last ones; if the
            run met a number that is not finite, those before that step.
        opt_state: What the optimizer remembered along with them.
        history: Loss, accuracy and gradient norms by epoch.
        gradient: Name of the engine, or of the caller's function.
        stopped: Why it ended: "epochs" all done, "early" for lack of progress, "non-finite",
            "interrupted" from the keyboard, or "wrong-gradient" found by ``verify_every``.
        best_epoch: The epoch with the lowest validation loss (without a validation part, training
            loss), counted from 1; 0 when none was completed.
        test_accuracy: Of ``params`` on the test part; nan without one, or without classes.
        test_loss: Likewise.
        seconds: Time spent training, without compiling; with that before the checkpoint.
        compile_seconds: Time spent compiling.
        steps: Steps done, with those of an epoch that was not completed.
        failure: What was not finite, where and when; None when all was.
        resumed: The checkpoint that it went on from; None when it began anew.
        verified: What ``verify_every`` found of the derivation, and after which epochs.
    """

    mlp: MLP
    params: Params
    opt_state: Any
    history: History
    gradient: str
    stopped: Stopped
    best_epoch: int
    test_accuracy: float
    test_loss: float
    seconds: float
    compile_seconds: float
    steps: int
    failure: NonFinite | None = None
    resumed: Resumed | None = None
    verified: tuple[Verified, ...] = ()

    @property
    def steps_per_second(self) -> float:
        """Steps a second, shuffling and measuring included."""
        return self.steps / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        """Say in a line or two how it went."""
        epochs = "1 epoch" if len(self.history) == 1 else f"{len(self.history)} epochs"
        line = (
            f"{self.gradient}: {epochs}, {self.steps} steps in {self.seconds:.2f} s "
            f"({self.steps_per_second:,.0f} a second); stopped: {self.stopped}"
        )
        if len(self.history):
            line += f"; loss {self.history.loss[-1]:.4g}"
        if self.test_loss == self.test_loss:
            line += f", test loss {self.test_loss:.4g}"
        if self.test_accuracy == self.test_accuracy:
            line += f", test accuracy {self.test_accuracy:.2%}"
        return f"{line}\n{self.failure.message}" if self.failure else line

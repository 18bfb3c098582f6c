"""Who looks at a run while it goes on: a file of its history, TensorBoard, a proof-reader."""

from compare.training.watching.history_file import HistoryFile
from compare.training.watching.profile import profiled
from compare.training.watching.proofreader import Proofreader, Verified
from compare.training.watching.tensorboard import TensorBoard

__all__ = ["HistoryFile", "Proofreader", "TensorBoard", "Verified", "profiled"]

"""The lectures' equations, proof-read: verdicts are computed when asked for, and kept nowhere."""

from compare.lectures.judging import proofread
from compare.lectures.records import ORDER, Finding, Kind, Proof, Verdict

__all__ = ["ORDER", "Finding", "Kind", "Proof", "Verdict", "proofread"]

"""Data larger than the device's memory: chunks of batches, prefetched while the device computes.

train(mlp, optimizer, Stream(stored_idx(images, labels), validation=held))
train(mlp, optimizer, Stream(Batches(loader, steps=1000)), batch_size=64)
"""

from compare.training.streaming.batches import Batches
from compare.training.streaming.stream import Stream

__all__ = ["Batches", "Stream"]

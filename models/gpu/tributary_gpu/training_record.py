"""models/train/TrainingRecord.ts: what a step of the main adapter leaves behind for the unroll of its influence."""

import struct

import numpy as np

from .atomic_file import write_atomic


def write_recorded_step(path, *, learning_rate, sample_indexes, batch_gradient, gradients):
    """
    rate (8 bytes), slots B and parameters P (4 each), indexes int32 [B] (-1: empty), batch gradient float32 [P],
    gradients float32 [B, P]. Throws models/disk.
    """
    head = struct.pack("<dII", learning_rate, len(sample_indexes), len(batch_gradient))
    arrays = [np.asarray(sample_indexes, dtype="<i4"), np.asarray(batch_gradient, "<f4"), np.asarray(gradients, "<f4")]
    write_atomic(path, [head, *(np.ascontiguousarray(array).tobytes() for array in arrays)])

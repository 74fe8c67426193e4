"""Scores of one gradient against K vectors, as one product of a matrix with a vector in float32: milliseconds, median.

usage: score.py BASE_FOLDER (not read); a request is {"rows": K, "parameters": P, "repeats": n}.
"""

import statistics
import time

from load_base import answer_requests

import torch

torch.manual_seed(1)


def measure(rows, parameters, repeats):
    vectors = torch.randn(rows, parameters)
    gradient = torch.randn(parameters)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        vectors @ gradient
        times.append(1e3 * (time.perf_counter() - start))
    return {"milliseconds": statistics.median(times)}


answer_requests(measure)

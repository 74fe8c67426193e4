"""models/train/gradientBound.ts."""

import math

FEWEST_NORMS = 16
BEYOND_REASON = 10_000 * 10**6


def gradient_bound(times_median, past, now):
    """The norm, in millionths, over which a gradient is out of bounds: times_median x the median of all given."""
    norms = sorted(norm for norm in [*past, *now] if math.isfinite(norm))
    if len(norms) < FEWEST_NORMS:
        return BEYOND_REASON
    median = norms[(len(norms) - 1) // 2]
    return BEYOND_REASON if median == 0 else min(BEYOND_REASON, times_median * median)


def gradient_norm(loss_nats, norm):
    """A Euclidean length in whole millionths; infinity where the loss or a number of the gradient is none."""
    if not (math.isfinite(loss_nats) and math.isfinite(norm)):
        return math.inf
    return rounded(1e6 * norm)


def rounded(value):
    """JavaScript's Math.round: halves go up."""
    return math.floor(value + 0.5)

"""models/train/chooseStep.ts."""

import math


def choose_step(losses, *, patience, min_gain_micro_nats, keep, last_step):
    """(step that is published, whether the run may stop) from the validation losses so far, [{step, lossMicroNats}]."""
    looks = [look for look in losses if look["step"] > 0]
    lowest = math.inf
    stale = 0
    for look in looks:
        stale = 0 if look["lossMicroNats"] < lowest - min_gain_micro_nats else stale + 1
        lowest = min(lowest, look["lossMicroNats"])
    best = next((look["step"] for look in looks if look["lossMicroNats"] == lowest), None)
    chosen = best if keep == "best" and best is not None else last_step
    return chosen, patience > 0 and stale >= patience

"""models/train/batchOrder.ts."""

from .seeded_uniform import seeded_uniform


def batch_order(*, samples, epochs, batch, seed):
    """Sample indexes of each step: every epoch is a fresh permutation, cut into batches; its last one may be short."""
    steps = []
    for epoch in range(epochs):
        order = list(range(samples))
        uniform = seeded_uniform(f"order {seed} {epoch}")
        for i in range(samples - 1, 0, -1):
            j = int(next(uniform) * (i + 1))
            order[i], order[j] = order[j], order[i]
        steps.extend(order[at : at + batch] for at in range(0, samples, batch))
    return steps

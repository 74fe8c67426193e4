"""models/graph/seededNormal.ts."""

import math

MASK = 0xFFFFFFFF


def seeded_normal(seed):
    """Standard normal numbers from a seed: mulberry32, Box-Muller. Rounded to float32 they are those of TypeScript."""
    state = seed & MASK

    def uniform():
        nonlocal state
        state = (state + 0x6D2B79F5) & MASK
        t = state
        t = ((t ^ (t >> 15)) * (t | 1)) & MASK
        t ^= (t + ((t ^ (t >> 7)) * (t | 61))) & MASK
        return (t ^ (t >> 14)) / 2**32

    while True:
        radius = math.sqrt(-2 * math.log(1 - uniform()))
        yield radius * math.cos(2 * math.pi * uniform())

"""Rates and optimiser settings of a recipe document: models/train/recipe.ts."""

import math

from .gradient_bound import rounded

PER_BILLION = 1_000_000_000


def learning_rate(recipe, step, steps):
    """Linear warm-up over the first part of the steps; then the decay, which would reach zero after the last step."""
    warmup = max(1, rounded(steps * recipe["warmupPpm"] / 1e6))
    left = {
        "linear": 1 - step / steps,
        "cosine": (1 + math.cos(math.pi * step / steps)) / 2,
        "none": 1,
    }[recipe["decay"]]
    return recipe["learningRatePpb"] / PER_BILLION * min(1, (step + 1) / warmup) * left


def optimiser_of(recipe):
    if recipe.get("sgdMomentumPpm") is not None:
        return {"kind": "sgd-momentum", "momentum": recipe["sgdMomentumPpm"] / 1e6}
    return {
        "kind": "adam",
        "beta1": recipe["beta1Ppm"] / 1e6,
        "beta2": recipe["beta2Ppm"] / 1e6,
        "epsilon": recipe["epsilonPpb"] / PER_BILLION,
    }

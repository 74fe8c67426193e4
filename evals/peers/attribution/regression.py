"""A multilayer perceptron for one number, as evals/concrete/Mlp.ts computes it: SiLU between layers, half the square as loss."""

import itertools

import numpy
import torch

from problem import Path, Problem, set_flat


class Regression(torch.nn.Module):
    label_axes = 1

    def __init__(self, widths):
        super().__init__()
        layers = [torch.nn.Linear(a, b) for a, b in itertools.pairwise(widths)]
        gated = [part for layer in layers for part in (layer, torch.nn.SiLU())][:-1]
        self.layers = torch.nn.Sequential(*gated)

    def forward(self, inputs, targets):
        return (self.layers(inputs)[..., 0] - targets) ** 2 / 2


def sampled(model, inputs, _):
    outputs = model.layers(inputs)[..., 0]
    return (outputs - (outputs.detach() + torch.randn_like(outputs))) ** 2 / 2


def regression_problem(widths, trained, features, strengths, thetas, rates, samples, optimiser, checkpoint_steps):
    """Files of raw little-endian numbers: `features` and `strengths` fp64, `thetas` [T + 1, P] fp32, `samples` [T, B] int32."""
    strengths = torch.from_numpy(numpy.fromfile(strengths))
    features = torch.from_numpy(numpy.fromfile(features)).reshape(len(strengths), -1)
    thetas = torch.from_numpy(numpy.fromfile(thetas, dtype=numpy.float32)).reshape(len(rates) + 1, -1)
    samples = torch.from_numpy(numpy.fromfile(samples, dtype=numpy.int32)).long().reshape(len(rates), -1)
    model = Regression(widths)
    set_flat(model, thetas[-1])
    return Problem(
        model=model,
        sampled=sampled,
        train=(features[:trained].float(), strengths[:trained].float()),
        queries=(features[trained:].float(), strengths[trained:].float()),
        checkpoints=[(thetas[t], rates[min(t, len(rates) - 1)]) for t in checkpoint_steps],
        path=Path(thetas, rates, samples, optimiser),
    )

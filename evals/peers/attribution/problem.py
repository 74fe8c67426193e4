"""What every peer gets: a trained torch module whose forward gives the loss of each sample, and the rows it is asked about."""

from dataclasses import dataclass, field

import torch


@dataclass
class Problem:
    """`model(*batch)` is the loss [B] of each row; `sampled(*batch)` the same for labels drawn from the model itself.

    Only the parameters that attribution counts require a gradient. `checkpoints`: flat parameters along the training and
    the learning rate at each, for methods that want more than the end.
    """

    model: torch.nn.Module
    sampled: callable
    train: tuple
    queries: tuple
    checkpoints: list = field(default_factory=list)
    path: "Path | None" = None


@dataclass
class Path:
    """A run as it was: parameters [T + 1, P], rates [T], samples [T, B], of SGD with momentum or Adam (`optimiser`)."""

    thetas: torch.Tensor
    rates: list
    samples: torch.Tensor
    optimiser: dict


def counted(model):
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def set_flat(model, theta):
    """Writes a flat vector into the parameters that count, in their order."""
    at = 0
    with torch.no_grad():
        for p in counted(model).values():
            p.copy_(theta[at : at + p.numel()].reshape(p.shape))
            at += p.numel()
    if at != theta.numel():
        raise SystemExit(f"the vector has {theta.numel()} numbers, the model {at}")


def with_flat(model, theta, batch):
    """Losses [B] with the parameters taken from a flat vector, differentiable in it."""
    named, at = {}, 0
    for name, p in counted(model).items():
        named[name] = theta[at : at + p.numel()].reshape(p.shape)
        at += p.numel()
    return torch.func.functional_call(model, named, batch)

"""kernel/optimiserStep.ts: the same roundings in the same order, so that equal gradients give equal bits."""

import torch


def optimiser_step(theta, first, second, gradient, optimiser, *, step, rate):
    """
    One step in place on float32 tensors of one shape, `step` counted from 0, computed in float64. SGD leaves `second` alone.

      sgd-momentum  m = momentum m + g          theta -= rate * m
      adam          m = b1 m + (1 - b1) g       theta -= rate * (m / (1 - b1^(t+1))) / (sqrt(v / (1 - b2^(t+1))) + epsilon)
                    v = b2 v + (1 - b2) g g

    Each operation is a kernel of its own: none is fused into a multiply-add, which would round once less.
    """
    g = gradient.double()
    if optimiser["kind"] == "sgd-momentum":
        first.copy_(optimiser["momentum"] * first.double() + g)
        theta.copy_(theta.double() - rate * first.double())
        return
    beta1, beta2 = optimiser["beta1"], optimiser["beta2"]
    first.copy_(beta1 * first.double() + (1 - beta1) * g)
    second.copy_(beta2 * second.double() + ((1 - beta2) * g) * g)
    unbias1 = 1 - beta1 ** (step + 1)
    unbias2 = 1 - beta2 ** (step + 1)
    change = (rate * (first.double() / unbias1)) / (torch.sqrt(second.double() / unbias2) + optimiser["epsilon"])
    theta.copy_(theta.double() - change)

"""The adjoint through a recorded run with exact Hessian-vector products by automatic differentiation, in fp64 or fp32.

The judge of our finite differences: lambda_T = d loss(query) / d theta_T, then backwards over the steps

  SGD with momentum   mu = momentum * mu_next - rate * lambda,            lambda = lambda * keep + H mu
  Adam                mu, nu = adjoints of both moments after the step,   lambda = lambda * keep + H ((1 - b1) mu + 2 (1 - b2) g nu)

score[i] = -(1/B) sum over its steps of (what multiplies H) . gradient(i); positive helped.
"""

import torch
from torch.func import grad, jvp, vmap

from problem import with_flat


def exact_unroll(problem, queries, dtype="float64"):
    kind = getattr(torch, dtype)
    model, path = problem.model.to(kind), problem.path
    cast = lambda parts: tuple(part.to(kind) if part.is_floating_point() else part for part in parts)
    thetas, train, asked = path.thetas.to(kind), cast(problem.train), cast(tuple(part[queries] for part in problem.queries))
    batches, size = len(path.samples), path.samples.shape[1]

    def query_loss(theta, *row):
        return with_flat(model, theta, tuple(part.unsqueeze(0) for part in row))[0]

    lam = torch.stack([grad(query_loss)(thetas[-1], *(part[q] for part in asked)) for q in range(len(queries))])
    first, second = torch.zeros_like(lam), torch.zeros_like(lam)
    scores = torch.zeros(len(queries), len(train[0]), dtype=kind)
    moments = replay(problem, thetas, train) if path.optimiser["kind"] == "adam" else None
    for t in reversed(range(batches)):
        rate, keep = path.rates[t], 1 - path.rates[t] * path.optimiser["weightDecay"]
        batch = tuple(part[path.samples[t]] for part in train)
        losses = lambda theta: with_flat(model, theta, batch)
        if moments is None:
            first = path.optimiser["momentum"] * first - rate * lam
            along = first
        else:
            first, second, along = adam_adjoint(path.optimiser, moments[t], (first, second, lam), (t, rate))

        def products(u):
            """(u . gradient of each sample [B], H u [P])"""
            per_sample = lambda theta: jvp(losses, (theta,), (u,))[1]
            slopes, pull = torch.func.vjp(per_sample, thetas[t])
            return slopes, pull(torch.full_like(slopes, 1 / size))[0]

        slopes, curved = vmap(products, chunk_size=8)(along)
        scores.index_add_(1, path.samples[t], slopes / size)
        lam = lam * keep + curved
        if moments is not None:
            first, second = path.optimiser["beta1"] * first, path.optimiser["beta2"] * second
    problem.model.float()
    return -scores


def replay(problem, thetas, train):
    """(g, m, v) of each step of Adam: m and v after it."""
    path, kept = problem.path, []
    m = v = torch.zeros_like(thetas[0])
    b1, b2 = path.optimiser["beta1"], path.optimiser["beta2"]
    for t, samples in enumerate(path.samples):
        batch = tuple(part[samples] for part in train)
        g = grad(lambda theta: with_flat(problem.model, theta, batch).mean())(thetas[t])
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        kept.append((g, m, v))
    return kept


def adam_adjoint(optimiser, moments, adjoints, step):
    (g, m, v), (first, second, lam), (t, rate) = moments, adjoints, step
    unbias1, unbias2 = 1 - optimiser["beta1"] ** (t + 1), 1 - optimiser["beta2"] ** (t + 1)
    root = torch.sqrt(v / unbias2)
    below = root + optimiser["epsilon"]
    first = first - rate / unbias1 / below * lam
    slope = rate * (m / unbias1) / (below * below) / (2 * root) / unbias2
    second = second + torch.where(root > 1e-12, slope, torch.zeros_like(slope)) * lam
    return first, second, (1 - optimiser["beta1"]) * first + 2 * (1 - optimiser["beta2"]) * g * second

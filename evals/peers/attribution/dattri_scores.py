"""dattri 0.3.0: its attributors on the same model. Each gives {setting: scores [Q, N]}, positive helped."""

import copy

import torch
from dattri.algorithm.dvemb import DVEmbAttributor
from dattri.algorithm.influence_function import IFAttributorCG, IFAttributorDataInf
from dattri.algorithm.tracin import TracInAttributor
from dattri.task import AttributionTask
from torch.utils.data import DataLoader, TensorDataset

from problem import set_flat


def rows_of(model, data):
    """dattri maps over rows, and gives them with or without the batch axis, by attributor."""
    whole = data[-1].dim() == model.label_axes
    return data if whole else tuple(part.unsqueeze(0) for part in data)


def task_of(problem, thetas=()):
    model = copy.deepcopy(problem.model)

    def loss(params, data):
        return torch.func.functional_call(model, params, tuple(rows_of(model, data))).mean()

    def load(model, theta):
        if theta is not None:
            set_flat(model, theta)
        return model

    return AttributionTask(loss_func=loss, model=model, checkpoints=list(thetas) or [None], checkpoints_load_func=load), model


def loader(parts, batch):
    return DataLoader(TensorDataset(*parts), batch_size=batch, shuffle=False)


def inverse(kind, problem, queries, regularizations, **more):
    """Influence functions with the inverse Hessian: by conjugate gradients or DataInf's formula."""
    train = loader(problem.train, len(problem.train[0]))
    asked = loader([part[queries] for part in problem.queries], 8)
    found = {}
    # The flat parameters that it makes keep an autograd graph of all its iterations: tens of GB.
    with torch.no_grad():
        for regularization in regularizations:
            attributor = kind(task=task_of(problem)[0], regularization=regularization, **more)
            attributor.cache(train)
            found[f"regularization {regularization}"] = attributor.attribute(train, asked).T.clone()
    return found


def tracin(problem, queries):
    rates = torch.tensor([rate for _, rate in problem.checkpoints])
    task, _ = task_of(problem, [theta for theta, _ in problem.checkpoints])
    found = {}
    for normalized in (False, True):
        attributor = TracInAttributor(task=task, weight_list=rates, normalized_grad=normalized)
        attributor.projector_kwargs = None  # Its default projects to 512 dimensions; the plain sum is more exact.
        scores = attributor.attribute(loader(problem.train, 64), loader([part[queries] for part in problem.queries], 64))
        found["normalised" if normalized else "plain"] = scores.T.detach()
    return found


def dvemb(problem, queries, scales):
    """Data value embeddings along the recorded run: rates times `scales`, since it knows plain SGD alone."""
    found = {}
    per_epoch = len(problem.train[0]) // problem.path.samples.shape[1]
    for scale in scales:
        task, model = task_of(problem)
        attributor = DVEmbAttributor(task)
        for t, (theta, rate, samples) in enumerate(zip(problem.path.thetas, problem.path.rates, problem.path.samples)):
            set_flat(attributor.model, theta)
            attributor.cache_gradients(t // per_epoch, tuple(part[samples] for part in problem.train), samples, rate * scale)
        set_flat(attributor.model, problem.path.thetas[-1])
        attributor.cache()
        scores = attributor.attribute(loader([part[queries] for part in problem.queries], 64))
        found[f"rates times {scale}"] = scores.T.detach()
    return found


def dattri_scores(problem, method, queries, **settings):
    kinds = {"cg": IFAttributorCG, "datainf": IFAttributorDataInf}
    if method in kinds:
        return inverse(kinds[method], problem, queries, **settings)
    return {"tracin": tracin, "dvemb": dvemb}[method](problem, queries, **settings)

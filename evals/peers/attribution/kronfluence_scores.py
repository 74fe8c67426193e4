"""kronfluence 1.0.1: influence with EK-FAC, K-FAC, diagonal or identity curvature. Scores [Q, N], positive helped."""

import copy
import shutil
import tempfile

import torch
from kronfluence.analyzer import Analyzer, prepare_model
from kronfluence.arguments import FactorArguments, ScoreArguments
from kronfluence.task import Task
from torch.utils.data import TensorDataset

from problem import counted


class LossTask(Task):
    def __init__(self, problem, modules):
        self.sampled = problem.sampled
        self.modules = modules

    def compute_train_loss(self, batch, model, sample=False):
        return (self.sampled(model, *batch) if sample else model(*batch)).sum()

    def compute_measurement(self, batch, model):
        return model(*batch).sum()

    def get_influence_tracked_modules(self):
        return self.modules


def kronfluence_scores(problem, queries, strategies, dampings, empirical, batch=64):
    """Every strategy and damping on the same factors: {name: [Q, N]}. Damping None is the package's own heuristic."""
    modules = list(dict.fromkeys(name.rsplit(".", 1)[0] for name in counted(problem.model)))
    model = copy.deepcopy(problem.model)
    task = LossTask(problem, modules)
    analyzer = Analyzer("peer", prepare_model(model, task), task, cpu=True, disable_tqdm=True, output_dir=(out := tempfile.mkdtemp()))
    train, asked = TensorDataset(*problem.train), TensorDataset(*[part[queries] for part in problem.queries])
    found = {}
    torch.manual_seed(0)
    for strategy in strategies:
        factors = FactorArguments(strategy=strategy, use_empirical_fisher=empirical)
        analyzer.fit_all_factors(strategy, train, per_device_batch_size=batch, factor_args=factors)
        for damping in dampings:
            name = f"{strategy}, damping {damping}"
            analyzer.compute_pairwise_scores(
                name, strategy, asked, train, per_device_query_batch_size=batch, per_device_train_batch_size=batch,
                score_args=ScoreArguments(damping_factor=damping),
            )  # fmt: skip
            found[name] = analyzer.load_pairwise_scores(name)["all_modules"].float()
    shutil.rmtree(out)
    return found

"""Attribution by other packages and by exact differentiation, on the model, weights and path that we hand over.

Requests, one a line: {"op": "regression" | "language", ...} opens a problem and answers with versions; {"op": "losses"}
tells the loss of its queries; {"op": "scores", "package": "kronfluence" | "dattri", ...} and {"op": "unroll", ...} answer
with {"scores": {setting: [Q][N]}, "cpuSeconds": n}. `queries` are row numbers.
"""

import os
import sys
import time
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "attribution"))
warnings.filterwarnings("ignore")

from load_base import answer_requests

import importlib.metadata
import logging

import torch

from dattri_scores import dattri_scores
from exact_unroll import exact_unroll
from kronfluence_scores import kronfluence_scores
from language import language_problem
from regression import regression_problem

logging.disable(logging.WARNING)
kinds = {"regression": regression_problem, "language": language_problem}
opened = {}


def answer(op, **request):
    if op in kinds:
        opened["problem"] = kinds[op](**request)
        return {name: importlib.metadata.version(name) for name in ("dattri", "kronfluence")}
    problem = opened["problem"]
    if op == "losses":
        with torch.no_grad():
            return {"lossesNats": problem.model(*problem.queries).tolist()}
    start = time.process_time()
    if op == "unroll":
        found = {"exact": exact_unroll(problem, **request)}
    else:
        package = request.pop("package")
        found = {"kronfluence": kronfluence_scores, "dattri": dattri_scores}[package](problem, **request)
    seconds = time.process_time() - start
    # A setting whose solver diverged has no scores.
    kept = {name: scores.double().tolist() for name, scores in found.items() if bool(torch.isfinite(scores).all())}
    return {"scores": kept, "cpuSeconds": seconds}


answer_requests(answer)

"""A training run as its folder holds it: models/train/prepareRun.ts."""

import json
import os
from dataclasses import dataclass
from typing import Any

from .batch_order import batch_order
from .canonical import digest_bytes
from .coded_error import CodedError
from .contract import check
from .encoded_row import row_of

NOBODY = -1


@dataclass(frozen=True)
class Run:
    """`rows`: samples, then held-out texts, then validation texts. `digest`: that of plan.json."""

    folder: str
    digest: str
    plan: dict[str, Any]
    order: list[list[int]]
    rows: list[Any]

    @property
    def steps(self):
        return len(self.order)

    def state_file(self, step):
        return os.path.join(self.folder, "states", f"{step}.bin")

    def record_file(self, step):
        return os.path.join(self.folder, "record", f"step-{step}.bin")

    def texts(self, kind):
        """The rows of `samples`, `heldOut` or `validation`."""
        first = 0
        for name in ("samples", "heldOut", "validation"):
            if name == kind:
                return self.rows[first : first + len(self.plan[name])]
            first += len(self.plan[name])
        raise KeyError(kind)


def read_run(folder, expected=None):
    """Reads plan.json. Throws models/run-missing, models/run-changed, gpu/contract."""
    try:
        with open(os.path.join(folder, "plan.json"), "rb") as file:
            data = file.read()
    except OSError as cause:
        raise CodedError(
            "There is no training run here.",
            code="models/run-missing",
            facts={"dir": os.path.basename(folder)},
            try_this="start the worker with the --home that the gateway uses: they share its folder `training`",
        ) from cause
    digest = digest_bytes(data)
    if expected is not None and digest != expected:
        raise CodedError(
            "The plan of a training run was changed.",
            code="models/run-changed",
            facts={"dir": os.path.basename(folder), "expected": expected, "found": digest},
            try_this="give each run a folder named by its digest",
        )
    plan = check("plan", json.loads(data))
    recipe = plan["recipe"]
    order = batch_order(
        samples=len(plan["samples"]), epochs=recipe["epochs"], batch=recipe["batch"], seed=recipe["seed"]
    )
    rows = [row_of(text) for kind in ("samples", "heldOut", "validation") for text in plan[kind]]
    return Run(folder, digest, plan, order, rows)

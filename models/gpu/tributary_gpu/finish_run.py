"""models/train/finishRun.ts: PEFT folders of all variants from a checkpoint, and the held-out loss before and after."""

import os

import numpy as np
import torch
from peft import PeftModel

from .adapter_layout import initial_theta
from .coded_error import CodedError
from .gradient_bound import rounded
from .peft_files import write_peft
from .run import NOBODY
from .training_state import read_state

ROWS_THROUGH_PEFT = 4


def finish_run(session, run, *, step, state_digest=None):
    """
    Writes every variant, opens the first one with peft itself and compares its losses with ours. Idempotent.
    Throws models/state-missing, models/state-changed, gpu/peft-differs.
    """
    state, _ = read_state(run.state_file(step), run=run.digest, expected=state_digest)
    adapters = []
    for variant, theta in zip(run.plan["variants"], state.thetas, strict=True):
        folder = os.path.join(run.folder, "adapters", "main" if variant == NOBODY else f"without-{variant}")
        digest = write_peft(session.layout, theta, folder, base_name=session.base.name)
        adapters.append({"variant": variant, "digest": digest, "dir": folder})
    start = initial_theta(session.layout, run.plan["recipe"]["seed"])
    thetas = torch.tensor(np.stack([start, state.thetas[0]]), device=session.device)
    rows = run.texts("heldOut")
    before = session.gradients.losses([(row, 0) for row in rows], thetas)
    after = session.gradients.losses([(row, 1) for row in rows], thetas)
    _compare_with_peft(session, adapters[0]["dir"], rows[:ROWS_THROUGH_PEFT], after)
    return {
        "adapters": [{"variant": one["variant"], "digest": one["digest"]} for one in adapters],
        "heldOutLossBeforeMicroNats": rounded(1e6 * sum(before) / len(before)),
        "heldOutLossAfterMicroNats": rounded(1e6 * sum(after) / len(after)),
    }


@torch.no_grad()
def _compare_with_peft(session, folder, rows, ours):
    opened = PeftModel.from_pretrained(session.base.model, folder)
    try:
        for row, loss in zip(rows, ours, strict=False):
            ids = torch.tensor([row.ids], device=session.device)
            logits = opened(input_ids=ids, use_cache=False).logits[0, -len(row.labels) :]
            theirs = torch.nn.functional.cross_entropy(logits, torch.tensor(row.labels, device=session.device)).item()
            if abs(theirs - loss) > 1e-3 * max(1, abs(loss)):
                raise CodedError(
                    "peft computes another loss with the adapter than the run that made it.",
                    code="gpu/peft-differs",
                    facts={"peft": str(theirs), "run": str(loss)},
                    try_this="compare the versions of peft in requirements.lock and in this environment",
                )
    finally:
        # The model is shared: it must be the base again.
        session.base.model = opened.unload()

"""models/train/runBlock.ts: a block of steps, from one checkpoint to the next."""

import math
import os

import torch

from .adapter_layout import initial_theta
from .coded_error import CodedError
from .gradient_bound import rounded
from .run import NOBODY
from .train_step import train_step
from .training_state import initial_state, read_state, state_digest, write_state


def run_block(session, run, *, start, to, start_digest=None, on_step=lambda done: None, stopped=lambda: False):
    """
    Trains all variants through steps `start` to `to` - 1 and writes the state after them. The same state gives the same
    bytes on an equal device, however often it is killed. A block that is done is not done again.

    Returns (state, digest), its arrays in main memory. `start_digest`: what the state at `start` must hash to, the one
    before the first step too: so both engines began with the same numbers, or the block is refused.
    Throws models/block-range, models/state-missing, models/state-changed, gpu/start-differs, models/cancelled, and
    what train_step throws.
    """
    if not 0 <= start < to <= run.steps:
        raise CodedError(
            "A block must lie within the run.",
            code="models/block-range",
            facts={"from": start, "to": to, "steps": run.steps},
            try_this=f"ask for steps from 0 to {run.steps}",
        )
    if os.path.exists(run.state_file(to)):
        return read_state(run.state_file(to), run=run.digest)
    state = _first_state(session, run, start_digest) if start == 0 else None
    if state is None:
        state, _ = read_state(run.state_file(start), run=run.digest, expected=start_digest)
    arrays = ("thetas", "first", "second")
    for name in arrays:
        setattr(state, name, torch.tensor(getattr(state, name), device=session.device))
    if start == 0:
        _look(session, run, state, 0)
    for step in range(start, to):
        if stopped():
            raise CodedError("Training was cancelled.", code="models/cancelled", retry=True)
        loss = train_step(session.gradients, run, state, step)
        state.losses_micro_nats.append(loss)
        _look(session, run, state, step + 1)
        on_step({"step": step + 1, "of": run.steps, "lossMicroNats": loss})
    state.step = to
    for name in arrays:
        setattr(state, name, getattr(state, name).cpu().numpy())
    return state, write_state(run.state_file(to), state)


def _first_state(session, run, expected):
    recipe, variants = run.plan["recipe"], run.plan["variants"]
    theta = initial_theta(session.layout, recipe["seed"])
    state = initial_state(run.digest, theta, variants=len(variants), skipped=run.plan["skipped"])
    found = state_digest(state)
    if expected in (None, found):
        return state
    raise CodedError(
        "This worker would start from other numbers than the engine of the gateway.",
        code="gpu/start-differs",
        facts={"expected": expected, "found": found, "parameters": session.layout.length},
        try_this="use the same version of the project on both sides; if it is, report the base model's name",
    )


def _look(session, run, state, step):
    """The main adapter's loss over the validation texts, where the recipe looks after this step."""
    rows, every = run.texts("validation"), run.plan["recipe"]["validation"]["everySteps"]
    due = step % every == 0 or step == run.steps
    if NOBODY not in run.plan["variants"] or not rows or not due:
        return
    main = run.plan["variants"].index(NOBODY)
    losses = session.gradients.losses([(row, main) for row in rows], state.thetas)
    mean = sum(losses) / len(losses)
    if not math.isfinite(mean):
        raise CodedError(
            "The validation loss is not a number any more.",
            code="models/diverged",
            facts={"step": step, "loss": str(mean)},
            try_this="lower the learning rate of the recipe, or warm up longer",
        )
    state.validation.append({"step": step, "lossMicroNats": rounded(1e6 * mean)})

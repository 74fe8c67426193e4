"""models/train/trainingState.ts: header length (8 bytes), canonical header, thetas, first moments, second moments."""

import hashlib
import json
import os
from dataclasses import dataclass, field

import numpy as np

from .atomic_file import write_atomic
from .canonical import canonical_bytes
from .coded_error import CodedError


@dataclass
class TrainingState:
    """All that a run is between two steps. `thetas`, `first`, `second`: float32 [variants, P]."""

    run: str
    step: int
    thetas: np.ndarray
    first: np.ndarray
    second: np.ndarray
    losses_micro_nats: list[int] = field(default_factory=list)
    validation: list[dict] = field(default_factory=list)
    norms: list[int] = field(default_factory=list)
    skipped: list[dict] = field(default_factory=list)


def initial_state(run, theta, *, variants, skipped=()):
    """Before the first step: all variants start from the same numbers."""
    thetas = np.tile(theta, (variants, 1))
    return TrainingState(run, 0, thetas, np.zeros_like(thetas), np.zeros_like(thetas), skipped=list(skipped))


def state_parts(state):
    """The bytes of a state file, in parts."""
    header = canonical_bytes(
        {
            "v": 2,
            "run": state.run,
            "step": state.step,
            "variants": state.thetas.shape[0],
            "parameters": state.thetas.shape[1],
            "lossesMicroNats": state.losses_micro_nats,
            "validation": state.validation,
            "norms": state.norms,
            "skipped": state.skipped,
        }
    )
    arrays = [np.ascontiguousarray(part, dtype="<f4").tobytes() for part in (state.thetas, state.first, state.second)]
    return [len(header).to_bytes(8, "little"), header, *arrays]


def state_digest(state):
    digest = hashlib.sha256()
    for part in state_parts(state):
        digest.update(part)
    return f"0x{digest.hexdigest()}"


def write_state(path, state):
    """Returns the file's sha-256. Throws models/disk."""
    write_atomic(path, state_parts(state))
    return state_digest(state)


def read_state(path, *, run, expected=None):
    """(state, digest). Throws models/state-missing, models/state-changed."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as cause:
        raise _refuse("models/state-missing", "A state of the training run is missing.", path) from cause
    digest = f"0x{hashlib.sha256(data).hexdigest()}"
    if expected is not None and digest != expected:
        facts = {"expected": expected, "found": digest}
        raise _refuse("models/state-changed", "A state of the training run was changed.", path, facts)
    header, start = _header_of(data)
    shape = (header["variants"], header["parameters"]) if header else (0, 0)
    if header is None or header["run"] != run or len(data) != start + 3 * 4 * shape[0] * shape[1]:
        message = "A state of the training run is damaged or of another run."
        raise _refuse("models/state-changed", message, path, {"run": run})
    arrays = np.frombuffer(data, dtype="<f4", offset=start).reshape(3, *shape)
    state = TrainingState(
        run,
        header["step"],
        *(array.astype(np.float32) for array in arrays),
        losses_micro_nats=header["lossesMicroNats"],
        validation=header["validation"],
        norms=header["norms"],
        skipped=header["skipped"],
    )
    return state, digest


def _header_of(data):
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > len(data) - 8:
        return None, 0
    try:
        header = json.loads(data[8 : 8 + size])
        return (header if header["v"] == 2 else None), 8 + size
    except (ValueError, KeyError, TypeError):
        return None, 0  # Damaged: the caller says so.


def _refuse(code, message, path, facts=None):
    return CodedError(
        message,
        code=code,
        facts={"file": os.path.basename(path), **(facts or {})},
        try_this="train the blocks before it again: the same run gives the same bytes",
    )

"""A run opened on a device: model, layout, micro-batches, and the stamp under which its bits are claimed."""

import json
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .adapter_layout import AdapterLayout, recipe_layout
from .atomic_file import write_atomic
from .base_model import BaseModel, find_base, open_base
from .canonical import canonical_bytes
from .coded_error import CodedError
from .contract import check
from .device import device_stamp
from .row_gradients import RowGradients

ROWS_ON_A_PROCESSOR = 16
MOST_ROWS = 4096
MEMORY_SHARE = 0.7


@dataclass
class Session:
    run: str
    device: torch.device
    base: BaseModel
    layout: AdapterLayout
    gradients: RowGradients
    stamp: dict[str, Any]


class Sessions:
    """Opens runs, one at a time: the model stays on the device from one block to the next, and from run to run."""

    def __init__(self, device, *, base_folders, rows_at_once=None):
        self._device = device
        self._folders = base_folders
        self._rows_at_once = rows_at_once
        self._base = None
        self._open = None

    def open(self, run):
        """Throws gpu/base-missing, gpu/base, gpu/layout, gpu/device-changed, gpu/memory."""
        if self._open is not None and self._open.run == run.digest:
            return self._open
        if self._open is not None:
            self._open.gradients.close()
            self._open = None
        wanted = run.plan["base"]
        if self._base is None or self._base.digest != wanted:
            self._base = None
            self._base = open_base(find_base(self._folders, wanted), digest=wanted, device=self._device)
        layout = recipe_layout(run.plan["recipe"], self._base.model)
        gradients, stamp = self._gradients(run, layout)
        self._open = Session(run.digest, self._device, self._base, layout, gradients, stamp)
        return self._open

    def _gradients(self, run, layout):
        """What the first block of a run chose holds for all others: device.json of the run's folder keeps it."""
        file = os.path.join(run.folder, "device.json")
        if os.path.exists(file):
            with open(file, encoding="utf-8") as opened:
                pinned = check("device", json.load(opened))
            rows, shared = pinned["rowsAtOnce"], pinned["sharedPrefix"]
            stamp = device_stamp(self._device, rows_at_once=rows, shared_prefix=shared)
            if stamp != pinned:
                raise _other_device(pinned, stamp)
            return self._hooked(layout, rows, shared), stamp
        shared = self._can_share(run, layout)
        rows = self._rows_at_once or self._rows_that_fit(run, layout, shared)
        stamp = check("device", device_stamp(self._device, rows_at_once=rows, shared_prefix=shared))
        write_atomic(file, [canonical_bytes(stamp)])
        return self._hooked(layout, rows, shared), stamp

    def _hooked(self, layout, rows_at_once, shares_prefix):
        return RowGradients(
            self._base.model, layout, self._device, rows_at_once=rows_at_once, shares_prefix=shares_prefix
        )

    def _can_share(self, run, layout):
        """Whether states before the first adapted block can be repeated for several adapters: tried, not assumed."""
        rows = list(dict.fromkeys(run.rows))[:2]
        if layout.layers[0] == 0 or len(rows) < 2:
            return False
        seed = np.random.default_rng(1)
        thetas = seed.normal(0, 0.05, (2, layout.length)).astype(np.float32)
        items = [(row, adapter) for row in rows for adapter in range(2)]
        found = []
        for shares in (False, True):
            gradients = self._hooked(layout, len(items), shares)
            try:
                losses, each = gradients.compute(items, torch.tensor(thetas, device=self._device))
                found.append((torch.tensor(losses), each))
            except (RuntimeError, TypeError, IndexError):
                if not shares:
                    raise
                return False  # Its blocks pass something on that can't be repeated.
            finally:
                gradients.close()
        (plain, plain_each), (shared, shared_each) = found
        close = torch.allclose(plain, shared, rtol=1e-4)
        return close and bool((plain_each - shared_each).norm() <= 1e-3 * plain_each.norm())

    def _rows_that_fit(self, run, layout, shared):
        """A power of two; on a GPU as many rows of the longest sample as fill its free memory to 70 %."""
        most = min(MOST_ROWS, run.plan["recipe"]["batch"] * len(run.plan["variants"]))
        if self._device.type != "cuda":
            return min(most, ROWS_ON_A_PROCESSOR)
        longest = max(run.rows, key=lambda row: (row.padded_length, len(row.labels)))
        thetas = torch.zeros(1, layout.length, device=self._device)
        gradients = self._hooked(layout, MOST_ROWS, shared)
        peaks = []
        try:
            for count in (2, 4):
                torch.cuda.empty_cache()
                torch.cuda.reset_peak_memory_stats(self._device)
                gradients.compute([(longest, 0)] * count, thetas)
                peaks.append(torch.cuda.max_memory_allocated(self._device))
        except torch.cuda.OutOfMemoryError as cause:
            raise CodedError(
                "Not even 4 rows of this run fit into the memory of the device.",
                code="gpu/memory",
                facts={"tokens": longest.padded_length, "parameters": layout.length},
                try_this="lower maxLength, lastBlocks or rank of the recipe, or use a device with more memory",
            ) from cause
        finally:
            gradients.close()
        torch.cuda.empty_cache()
        row_bytes = max(1, (peaks[1] - peaks[0]) // 2)
        free, _ = torch.cuda.mem_get_info(self._device)
        fitting = max(1, min(most, int(MEMORY_SHARE * free / row_bytes)))
        return 1 << (fitting.bit_length() - 1)


def _other_device(pinned, found):
    differing = sorted(key for key in {*pinned, *found} if pinned.get(key) != found.get(key))
    return CodedError(
        "This run was begun on another device or with other versions: its bits can't be continued here.",
        code="gpu/device-changed",
        facts={
            "differs": differing,
            "begun": [str(pinned.get(key)) for key in differing],
            "here": [str(found.get(key)) for key in differing],
        },
        try_this="go on with the device and versions of its device.json, or train again under another seed",
    )

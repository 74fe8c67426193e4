"""Base models: our own folders (models/load/openBase.ts), and any folder that transformers opens."""

import json
import os
from dataclasses import dataclass
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

from .canonical import digest_file, digest_of
from .coded_error import CodedError

PARTS = {
    "weights": "weights.safetensors",
    "config": "config.json",
    "tokenizer": "tokenizer.json",
    "tokenizerConfig": "tokenizer_config.json",
}


@dataclass
class BaseModel:
    digest: str
    name: str
    model: Any


def base_digest(folder):
    """
    Digest of a base by the bytes that are there. Our own folders: weights, config, tokenizer, tokenizerConfig; any
    other folder: its safetensors and the JSON files beside them, by name. Cost: one read of the weights.
    """
    own = os.path.exists(os.path.join(folder, "base.json"))
    names = PARTS if own else {name: name for name in sorted(os.listdir(folder)) if _is_model_file(name)}
    return digest_of({part: digest_file(os.path.join(folder, name)) for part, name in names.items()})


def find_base(folders, digest):
    """The folder whose bytes have this digest: one of `folders` or inside of one. Throws gpu/base-missing."""
    looked = 0
    for folder in [each for parent in folders for each in _model_folders(parent)]:
        looked += 1
        if _claims(folder, digest) and base_digest(folder) == digest:
            return folder
    raise CodedError(
        "The base model of this run is not here, or its files were changed.",
        code="gpu/base-missing",
        facts={"base": digest, "foldersLookedAt": looked},
        try_this="start the worker with --base and the folder of that model: tributary status names it",
        retry=True,
    )


def open_base(folder, *, digest, device):
    """The model in float32, frozen, on a device. No code of the folder is run (trust_remote_code is off)."""
    # Attention by plain products: the fused kernels' backward passes add in an order that changes from run to run.
    settings = {"attn_implementation": "eager", "dtype": torch.float32}
    manifest = os.path.join(folder, "base.json")
    try:
        if os.path.exists(manifest):
            model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder), **settings)
            _load_weights(model, os.path.join(folder, PARTS["weights"]))
            with open(manifest, encoding="utf-8") as file:
                name = json.load(file)["name"]
        else:
            model = AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True, **settings)
            name = os.path.basename(os.path.normpath(folder))
    except (ValueError, OSError, RuntimeError) as cause:
        raise CodedError(
            "transformers can't open this base model.",
            code="gpu/base",
            facts={"base": digest, "reason": str(cause).splitlines()[0][:200]},
            try_this="give the folder of a causal language model that this version of transformers knows",
        ) from cause
    return BaseModel(digest, name, model.eval().requires_grad_(False).to(device))


def _load_weights(model, path):
    missing, unexpected = model.load_state_dict(load_file(path), strict=False)
    left = [name for name in missing if name != "lm_head.weight"]
    if left or unexpected:
        raise ValueError(f"the weights do not fit the configuration: {left[:3]} {unexpected[:3]}")
    model.tie_weights()


def _is_model_file(name):
    return name.endswith(".safetensors") or name in ("config.json", "tokenizer.json", "tokenizer_config.json")


def _model_folders(parent):
    if os.path.exists(os.path.join(parent, "config.json")):
        return [parent]
    if not os.path.isdir(parent):
        return []
    inside = sorted(os.path.join(parent, name) for name in os.listdir(parent))
    return [folder for folder in inside if os.path.exists(os.path.join(folder, "config.json"))]


def _claims(folder, digest):
    """Whether base.json says so, before gigabytes are hashed; a folder without one must be hashed."""
    try:
        with open(os.path.join(folder, "base.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        return digest_of({part: manifest[part] for part in PARTS}) == digest
    except FileNotFoundError:
        return True
    except (ValueError, KeyError):
        return False

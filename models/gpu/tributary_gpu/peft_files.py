"""models/adapters/encodePeft.ts and writePeft.ts: the canonical bytes of a PEFT folder, and their digest."""

import json
import os
import shutil

import numpy as np

from .canonical import digest_bytes, digest_of

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"


def encode_peft(layout, theta, *, base_name):
    """{file name: bytes}. Tensors sorted by name, A as [rank, in] and B as [out, rank], header padded to 8 bytes."""
    tensors = {}
    for module in layout.modules:
        path = f"base_model.model.{module.name}"
        for factor, rows, columns, at in (
            ("A", module.inputs, layout.rank, module.A),
            ("B", layout.rank, module.outputs, module.B),
        ):
            part = theta[at : at + rows * columns].reshape(rows, columns)
            tensors[f"{path}.lora_{factor}.weight"] = np.ascontiguousarray(part.T, dtype="<f4")
    header = {"__metadata__": {"format": "pt"}}
    at = 0
    for name in sorted(tensors):
        size = tensors[name].nbytes
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-(8 + len(text)) % 8)
    config = {
        "alpha_pattern": {},
        "base_model_name_or_path": base_name,
        "bias": "none",
        "fan_in_fan_out": layout.transposed,
        "inference_mode": True,
        "init_lora_weights": True,
        "layers_pattern": layout.layers_pattern,
        "layers_to_transform": list(layout.layers),
        "lora_alpha": layout.alpha,
        "lora_dropout": 0,
        "modules_to_save": None,
        "peft_type": "LORA",
        "r": layout.rank,
        "rank_pattern": {},
        "target_modules": list(layout.targets),
        "task_type": "CAUSAL_LM",
        "use_dora": False,
        "use_rslora": False,
    }
    return {
        WEIGHTS: len(text).to_bytes(8, "little") + text + b"".join(tensors[name].tobytes() for name in sorted(tensors)),
        CONFIG: f"{json.dumps(config, indent=2, ensure_ascii=False)}\n".encode(),
    }


def peft_digest(files):
    """What an adapter is called everywhere: the digest of both its files' sha-256."""
    return digest_of({"weights": digest_bytes(files[WEIGHTS]), "config": digest_bytes(files[CONFIG])})


def write_peft(layout, theta, folder, *, base_name):
    """Writes a folder that PeftModel.from_pretrained opens, whole or not at all. Returns its digest."""
    files = encode_peft(layout, theta, base_name=base_name)
    draft = f"{folder}.draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    os.makedirs(draft)
    for name, data in files.items():
        with open(os.path.join(draft, name), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(draft, folder)
    return peft_digest(files)

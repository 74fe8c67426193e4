"""Tiny models of several families, written as transformers writes them, and runs on them."""

import json

import pytest
import torch
from transformers import AutoModelForCausalLM, GPT2Config, GPTNeoXConfig, LlamaConfig, MistralConfig, Qwen2Config

from tributary_gpu.base_model import base_digest
from tributary_gpu.canonical import canonical_bytes, digest_text

SIZES = {"vocab_size": 64, "max_position_embeddings": 128}
LLAMA = {
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    **SIZES,
}
FAMILIES = {
    "llama": (LlamaConfig(**LLAMA, head_dim=16), ["q_proj", "v_proj"]),
    "qwen2": (Qwen2Config(**LLAMA), ["v_proj", "down_proj"]),
    "mistral": (MistralConfig(**LLAMA, sliding_window=8), ["q_proj", "o_proj"]),
    "gpt2": (GPT2Config(n_embd=32, n_layer=3, n_head=4, n_positions=128, vocab_size=64), ["c_attn"]),
    "gpt-neox": (
        GPTNeoXConfig(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=48, **SIZES),
        ["query_key_value"],
    ),
}


@pytest.fixture(scope="session")
def family(tmp_path_factory):
    """family(name) -> (folder, targets): a random model of that family, made once."""
    made = {}

    def make(name):
        if name not in made:
            folder = tmp_path_factory.mktemp("bases") / name
            config, targets = FAMILIES[name]
            torch.manual_seed(1)
            AutoModelForCausalLM.from_config(config, dtype=torch.float32).save_pretrained(folder)
            made[name] = (str(folder), targets)
        return made[name]

    return make


RECIPE = {
    "v": 2,
    "name": "own",
    "rank": 2,
    "alpha": 4,
    "targets": ["q_proj", "v_proj"],
    "lastBlocks": 2,
    "epochs": 2,
    "batch": 4,
    "seed": 1,
    "maxLength": 64,
    "maxLabels": 8,
    "learningRatePpb": 20_000_000,
    "warmupPpm": 100_000,
    "decay": "linear",
    "beta1Ppm": 900_000,
    "beta2Ppm": 990_000,
    "epsilonPpb": 1_000_000,
    "validation": {"texts": 2, "everySteps": 2, "patience": 0, "minGainMicroNats": 0, "keep": "last"},
    "poison": {"action": "stop", "timesMedian": 30, "window": 256, "mostPpm": 10_000},
    "samples": 8,
    "groups": 2,
}


def texts(count, first=0):
    """Rows of different lengths, whose answers all count up from 10: they can be learned in a few steps."""
    rows = []
    for i in range(first, first + count):
        prompt = [3 + (7 * i + 5 * j) % 50 for j in range(3 + (5 * i) % 18)]
        answer = [10 + j for j in range(1 + i % 7)]
        rows.append({"id": digest_text(f"text {i}"), "prompt": prompt, "answer": answer})
    return rows


@pytest.fixture
def write_run(tmp_path):
    """write_run(base folder, targets, **changes of the plan) -> folder of a prepared run."""
    count = 0

    def write(base, targets, recipe=None, **changes):
        nonlocal count
        count += 1
        folder = tmp_path / f"run-{count}"
        folder.mkdir()
        plan = {
            "v": 2,
            "base": base_digest(base),
            "recipe": {**RECIPE, "targets": targets, **(recipe or {})},
            "samples": [{**row, "group": i % 3} for i, row in enumerate(texts(10))],
            "heldOut": texts(3, 100),
            "validation": texts(2, 200),
            "variants": [-1, 0, 1, 2],
            "skipped": [],
            **changes,
        }
        (folder / "plan.json").write_bytes(canonical_bytes(plan))
        return str(folder)

    return write


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)

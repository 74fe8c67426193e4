"""Loss and LoRA gradients of one batch, rank 8 on q and v of every block: CPU seconds of forward and backward pass.

usage: train.py BASE_FOLDER eager|peft; a request is {"rows": [[ids]], "repeats": n}: each row predicts its next tokens.

"eager" is transformers' Llama with LoRA written by hand around its projections, "peft" is the package's own.
"""

import sys
import time

from load_base import answer_requests, load_base

import torch
from peft import LoraConfig, get_peft_model

base_folder, kind = sys.argv[1:]
rank = 8


class Lora(torch.nn.Module):
    """x W^T + (x A) B, with B = 0 at first."""

    def __init__(self, frozen):
        super().__init__()
        self.frozen = frozen
        self.A = torch.nn.Parameter(torch.randn(frozen.in_features, rank) / frozen.in_features**0.5)
        self.B = torch.nn.Parameter(torch.zeros(rank, frozen.out_features))

    def forward(self, x):
        return self.frozen(x) + (x @ self.A) @ self.B


def with_lora():
    model = load_base(base_folder)
    if kind == "peft":
        targets = ["q_proj", "v_proj"]
        return get_peft_model(model, LoraConfig(r=rank, lora_alpha=rank, target_modules=targets, task_type="CAUSAL_LM"))
    for layer in model.model.layers:
        for name in ("q_proj", "v_proj"):
            setattr(layer.self_attn, name, Lora(getattr(layer.self_attn, name)))
    return model


torch.manual_seed(1)
model = with_lora().train()


def measure(rows, repeats):
    ids = torch.tensor(rows)
    start = time.process_time()
    for _ in range(repeats):
        model.zero_grad(set_to_none=True)
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
    seconds = time.process_time() - start
    return {"lossNats": loss.item(), "samples": len(rows) * repeats, "cpuSeconds": seconds}


answer_requests(measure)

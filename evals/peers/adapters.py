"""The peft package as the judge of adapters: makes them, opens ours, and computes logits, losses and gradients with them.

usage: adapters.py BASE_FOLDER; requests are {"op": "make" | "logits" | "gradient", ...}, see the functions.
"""

import sys

from load_base import answer_requests

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

# As anybody would open it: a base folder is a folder of transformers.
base = AutoModelForCausalLM.from_pretrained(sys.argv[1], attn_implementation="eager", dtype=torch.float32)
base.eval().requires_grad_(False)
# What adapters say that they belong to: not the folder of this machine.
base.name_or_path = base.config._name_or_path = "base"


def make(folder, lora, seed, spread, dtype="float32"):
    """Saves an adapter of this LoraConfig, its numbers random: A normal with variance 1 / in, B with `spread`."""
    generator = torch.Generator().manual_seed(seed)
    model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **lora))
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            scale = parameter.shape[1] ** -0.5 if "lora_A" in name else spread
            # The adapter alone: the base must stay as it is to the bit.
            parameter.data = (torch.randn(parameter.shape, generator=generator) * scale).to(getattr(torch, dtype))
    model.save_pretrained(folder)
    model.unload()
    return {}


def opened(folder):
    return PeftModel.from_pretrained(base, folder, is_trainable=True)


def logits(folder, ids, file):
    """Logits [length, vocabulary] into a file; folder None is the base."""
    model = opened(folder) if folder else base
    with torch.no_grad():
        found = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]
    if folder:
        model.unload()
    save_file({"logits": found.contiguous()}, file)
    return {}


def gradient(folder, prompt, answer, file):
    """Mean loss of the answer; the gradient of every factor into a file, by the names of the adapter's tensors."""
    model = opened(folder)
    out = model(input_ids=torch.tensor([prompt + answer[:-1]]), use_cache=False).logits[0, len(prompt) - 1 :]
    loss = torch.nn.functional.cross_entropy(out, torch.tensor(answer))
    loss.backward()
    named = {n.replace(".default", ""): p.grad.contiguous() for n, p in model.named_parameters() if "lora_" in n}
    save_file(named, file)
    model.zero_grad(set_to_none=True)
    model.unload()
    return {"lossNats": loss.item()}


answer_requests(lambda op, **request: {"make": make, "logits": logits, "gradient": gradient}[op](**request))

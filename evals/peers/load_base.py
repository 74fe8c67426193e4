"""The base model from our own converted folder, so that peers compute with the very weights that we compute with."""

import json
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

torch.set_num_threads(1)


def load_base(folder, attention="sdpa"):
    """float32, evaluation mode, frozen. `attention`: the kernel that transformers takes ("sdpa" or "eager")."""
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, attn_implementation=attention, dtype=torch.float32)
    missing, unexpected = model.load_state_dict(load_file(os.path.join(folder, "weights.safetensors")), strict=False)
    left = [name for name in missing if name != "lm_head.weight"]
    if left or unexpected:
        raise SystemExit(f"the weights do not fit the configuration: {left[:3]} {unexpected[:3]}")
    model.tie_weights()
    return model.eval().requires_grad_(False)


def answer_requests(measure):
    """One JSON request a line on stdin, one JSON answer a line on stdout; the first line says that we are ready."""
    import peft
    import transformers

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What libraries print must not mix with the answers.
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}
    print(json.dumps(versions), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(**json.loads(line))), file=out, flush=True)

"""PEFT with mixed adapter_names: tokens of one greedy decoding, and the CPU seconds after prompt and first token.

usage: decode.py BASE_FOLDER ADAPTER_FOLDER...; a request is {"prompts": [[ids]], "adapters": [place], "tokens": n}
"""

import sys
import time

from load_base import answer_requests, load_base

import torch
from peft import PeftModel

base_folder, *adapter_folders = sys.argv[1:]
model = load_base(base_folder)
model = PeftModel.from_pretrained(model, adapter_folders[0], adapter_name="a0")
for place, folder in enumerate(adapter_folders[1:], 1):
    model.load_adapter(folder, adapter_name=f"a{place}")
model.eval()


@torch.inference_mode()
def measure(prompts, adapters, tokens):
    names = [f"a{place}" for place in adapters]
    ids = torch.tensor(prompts)
    made = []
    start = None
    cache = None
    for i in range(tokens):
        out = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1, adapter_names=names)
        cache = out.past_key_values
        ids = out.logits[:, -1].argmax(-1, keepdim=True)
        made.append(ids)
        # The first token ends the prompt: what it cost is not decoding.
        if i == 0:
            start = time.process_time()
    seconds = time.process_time() - start
    return {"ids": torch.cat(made, 1).tolist(), "tokens": len(prompts) * (tokens - 1), "cpuSeconds": seconds}


answer_requests(measure)

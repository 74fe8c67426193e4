"""
Tiny random checkpoints of every kind of model, written by transformers itself, and what transformers computes with them.
Asked by evals/evals/architectures.ts.
"""

import json
import os

import torch
import transformers
from peft import PeftModel
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

from load_base import answer_requests, load_base

BASE = dict(
    hidden_size=32, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, intermediate_size=48,
    vocab_size=600, max_position_embeddings=256, rms_norm_eps=1e-5, head_dim=16,
)  # fmt: skip
LLAMA3 = dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=64)


def rope(kind="default", theta=10_000.0, **numbers):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=theta, **numbers))


# name: (class, fields over BASE, dtype of the file, bytes of a shard, tokenizer)
KINDS = {
    "Llama, tied head": ("Llama", dict(tie_word_embeddings=True), "float32", None, "digits"),
    "Llama, own head, one key head, bf16 in shards": ("Llama", dict(num_key_value_heads=1), "bfloat16", "20KB", "llama3"),
    "Llama, all biases, f16": ("Llama", dict(attention_bias=True, mlp_bias=True), "float16", None, "sentencepiece"),
    "Llama, llama3 scaling": ("Llama", rope("llama3", 5e5, **LLAMA3), "bfloat16", None, "llama3"),
    "Llama, linear scaling": ("Llama", rope("linear", factor=3.0), "float32", None, "digits"),
    "Llama, dynamic scaling": ("Llama", rope("dynamic", factor=2.0), "float32", None, "digits"),
    "Llama, YaRN": ("Llama", rope(theta=1e4, kind="yarn", **{k: v for k, v in YARN.items() if k != "rope_type"}), "float32", None, "digits"),
    "Mistral, sliding window 64": ("Mistral", dict(sliding_window=64), "bfloat16", "20KB", "sentencepiece"),
    "Qwen2, bf16 in shards": ("Qwen2", dict(tie_word_embeddings=True, **rope(theta=1e6)), "bfloat16", "20KB", "qwen"),
    "Qwen2, sliding window in the last block": (
        "Qwen2", dict(use_sliding_window=True, sliding_window=64, max_window_layers=2), "float32", None, "qwen",
    ),
    "Qwen3, norms of heads, bf16": ("Qwen3", dict(**rope(theta=1e6)), "bfloat16", None, "qwen"),
    "Qwen3, biases, YaRN with mscale": (
        "Qwen3",
        dict(attention_bias=True, **rope("yarn", 1e4, factor=4.0, original_max_position_embeddings=64, mscale=1.0, mscale_all_dim=0.5)),
        "float16", "20KB", "qwen",
    ),
}  # fmt: skip

LLAMA3_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CHATML = (
    "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\\n' + m['content'] | trim + '<|im_end|>' + '\\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
INST = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}{{ '[INST] ' + m['content'] + ' [/INST]' }}"
    "{% else %}{{ ' ' + m['content'] + eos_token }}{% endif %}{% endfor %}"
)


def write_tokenizer(kind, texts, folder):
    control = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokens = dict(bos_token="<|endoftext|>", eos_token="<|im_end|>")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    template = CHATML
    if kind == "sentencepiece":
        control, template = ["<unk>", "<s>", "</s>"], INST
        tokens = dict(bos_token="<s>", eos_token="</s>", unk_token="<unk>")
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        tokenizer.decoder = decoders.Sequence(
            [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
        )
        control += [f"<0x{byte:02X}>" for byte in range(256)]
        alphabet = []
    else:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.decoder = decoders.ByteLevel()
        if kind == "digits":
            split = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        else:
            pattern = LLAMA3_SPLIT if kind == "llama3" else QWEN_SPLIT
            split = [pre_tokenizers.Split(Regex(pattern), behavior="isolated"), byte_level]
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(split)
        if kind == "qwen":
            tokenizer.normalizer = normalizers.NFC()
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=control, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    if kind == "sentencepiece":
        # The bytes are ordinary tokens, which text falls back on; only the first three are control tokens.
        saved = json.loads(tokenizer.to_str())
        saved["added_tokens"] = saved["added_tokens"][:3]
        tokenizer = Tokenizer.from_str(json.dumps(saved))
    if kind == "llama3":
        bos = tokenizer.token_to_id("<|endoftext|>")
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", bos)]
        )
    if kind == "qwen":
        tokenizer.add_tokens([AddedToken("<think>", normalized=False)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, chat_template=template, **tokens)
    fast.save_pretrained(folder)
    return tokenizer.get_vocab_size()


def make(kind, folder, seed, texts):
    name, fields, dtype, shard, tokenizer = KINDS[kind]
    os.makedirs(folder)
    size = write_tokenizer(tokenizer, texts, folder)
    config = getattr(transformers, f"{name}Config")(**{**BASE, **fields, "vocab_size": size + 3})
    torch.manual_seed(seed)
    model = getattr(transformers, f"{name}ForCausalLM")(config)
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            noise = torch.randn_like(parameter)
            if parameter.dim() > 1:
                parameter.copy_(noise * parameter.shape[1] ** -0.5)
            else:
                parameter.copy_(noise * 0.2 + (0 if path.endswith(".bias") else 1))
    model = model.to(getattr(torch, dtype))
    model.save_pretrained(folder, **({"max_shard_size": shard} if shard else {}))
    return dict(files=sorted(os.listdir(folder)), bytes=sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)))


def open_model(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def logits(folder, ids):
    """At every position, of one of our base folders."""
    with torch.no_grad():
        return load_base(folder, "eager")(torch.tensor([ids])).logits[0].tolist()


def gradient(folder, adapter, prompt, answer):
    """Logits, mean loss over the answer, and its gradient for each factor of an adapter in PEFT's form."""
    model = PeftModel.from_pretrained(open_model(folder), adapter, is_trainable=True)
    ids = torch.tensor([prompt + answer])
    out = model(ids).logits[0]
    loss = torch.nn.functional.cross_entropy(out[len(prompt) - 1 : -1], ids[0, len(prompt) :])
    loss.backward()
    grads = {n.replace(".default", ""): p.grad.flatten().tolist() for n, p in model.named_parameters() if p.grad is not None}
    return dict(loss=loss.item(), logits=out.tolist(), gradients=grads)


def tokens(folder, texts, chats):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoded = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    return dict(
        encoded=encoded,
        decoded=[tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False) for ids in encoded],
        chats=[tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=False) for chat in chats],
    )


CALLS = {"kinds": lambda: list(KINDS), "make": make, "logits": logits, "gradient": gradient, "tokens": tokens}

if __name__ == "__main__":
    answer_requests(lambda call, **request: CALLS[call](**request))

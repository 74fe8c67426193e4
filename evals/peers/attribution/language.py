"""Our small language model with its adapter, opened by transformers and peft: loss of each row over its labels, in nats."""

import torch
from peft import PeftModel

from load_base import load_base
from problem import Problem

PAD, NO_LABEL = 0, -100


class Language(torch.nn.Module):
    label_axes = 2

    def __init__(self, model):
        super().__init__()
        self.model = model

    def logits(self, ids):
        length = ids.shape[-1]
        # A ready mask and positions: transformers would look at the values of ids, which torch.func forbids.
        mask = torch.full((length, length), torch.finfo(torch.float32).min).triu(1)[None, None]
        places = torch.arange(length)[None]
        return self.model(input_ids=ids, attention_mask=mask, position_ids=places, use_cache=False).logits

    def forward(self, ids, labels):
        return self.mean_loss(self.logits(ids), labels)

    def mean_loss(self, logits, labels):
        counted = labels != NO_LABEL
        rows = torch.log_softmax(logits, -1).gather(-1, labels.clamp(min=0)[..., None])[..., 0]
        return -(rows * counted).sum(-1) / counted.sum(-1)


def sampled(model, ids, labels):
    logits = model.logits(ids)
    drawn = torch.distributions.Categorical(logits=logits.detach()).sample()
    return model.mean_loss(logits, torch.where(labels == NO_LABEL, labels, drawn))


def rows_of(rows):
    """Rows {ids, labels}: label j is predicted at position len(ids) - len(labels) + j. Padded on the right."""
    length = max(len(row["ids"]) for row in rows)
    ids = torch.full((len(rows), length), PAD)
    labels = torch.full((len(rows), length), NO_LABEL)
    for i, row in enumerate(rows):
        ids[i, : len(row["ids"])] = torch.tensor(row["ids"])
        labels[i, len(row["ids"]) - len(row["labels"]) : len(row["ids"])] = torch.tensor(row["labels"])
    return ids, labels


def language_problem(base, adapter, train, queries):
    model = PeftModel.from_pretrained(load_base(base, "eager"), adapter, is_trainable=True).eval()
    return Problem(model=Language(model), sampled=sampled, train=rows_of(train), queries=rows_of(queries))

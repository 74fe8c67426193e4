"""Loss and LoRA gradient of each row of a batch, any adapters side by side: what engine.rowGradients does."""

import inspect

import torch

from .adapter_layout import block_name
from .coded_error import CodedError


class RowGradients:
    """
    LoRA on a frozen model through hooks, one copy of the adapter's numbers a row:

      y[r] = x[r] W^T + (alpha / rank) (x[r] A[r]) B[r]

    The rows share no number that is differentiated, so one backward pass of the summed losses gives every row's own
    gradient. Blocks before the first adapted one run once a sample where `shares_prefix`, and their states are repeated
    for the adapters of the sample.
    """

    def __init__(self, model, layout, device, *, rows_at_once, shares_prefix):
        self.rows_at_once = rows_at_once
        self.shares_prefix = shares_prefix
        self._model = model
        self._layout = layout
        self._device = device
        self._keeps_some_logits = "logits_to_keep" in inspect.signature(model.forward).parameters
        self._factors = {}
        self._spread = None
        modules = dict(model.named_modules())
        blocks = {block_name(module): None for module in layout.modules}
        self._hooks = [
            modules[name].register_forward_pre_hook(self._repeat_states, with_kwargs=True) for name in blocks
        ]
        self._hooks += [modules[module.name].register_forward_hook(self._add_lora(module)) for module in layout.modules]

    def close(self):
        """Takes the hooks off: the model is the base again."""
        for hook in self._hooks:
            hook.remove()

    def compute(self, items, thetas):
        """
        `items`: (row, adapter) pairs, `thetas`: float32 [adapters, P] on the device. Returns the mean loss over each
        item's labels, a list of floats, and the gradients, float32 [items, P] on the device, in the order of the items.
        """
        losses = [0.0] * len(items)
        gradients = torch.empty(len(items), self._layout.length, device=self._device)
        for indexes in self._chunks(items):
            leaf = thetas[[items[i][1] for i in indexes]].requires_grad_()
            values = self._losses([items[i][0] for i in indexes], leaf)
            (gradient,) = torch.autograd.grad(values.sum(), leaf)
            gradients[indexes] = gradient
            for i, value in zip(indexes, values.tolist(), strict=True):
                losses[i] = value
        return losses, gradients

    @torch.no_grad()
    def losses(self, items, thetas):
        """As `compute`, without the gradients."""
        losses = [0.0] * len(items)
        for indexes in self._chunks(items):
            values = self._losses([items[i][0] for i in indexes], thetas[[items[i][1] for i in indexes]])
            for i, value in zip(indexes, values.tolist(), strict=True):
                losses[i] = value
        return losses

    def _chunks(self, items):
        """Micro-batches of rows of like length: a function of the items and of `rows_at_once` alone."""
        order = sorted(range(len(items)), key=lambda i: items[i][0].padded_length)
        return [order[at : at + self.rows_at_once] for at in range(0, len(order), self.rows_at_once)]

    def _losses(self, rows, theta):
        """Mean loss of each row, [R], with its own adapter, `theta` [R, P]."""
        length = max(row.padded_length for row in rows)
        samples = list(dict.fromkeys(rows))
        # Tensors of S samples are told from others by their first size: a length of S would be mistaken for it.
        shared = self.shares_prefix and len(samples) not in (len(rows), length)
        inputs = samples if shared else rows
        self._factors = self._split(theta)
        self._spread = None
        if shared:
            place = {row: i for i, row in enumerate(samples)}
            self._spread = torch.tensor([place[row] for row in rows], device=self._device)
        ids = torch.tensor([[*row.ids, *[0] * (length - len(row.ids))] for row in inputs], device=self._device)
        positions = sorted({at for row in rows for at in _label_positions(row)})
        keep = {"logits_to_keep": torch.tensor(positions, device=self._device)} if self._keeps_some_logits else {}
        try:
            # Padding comes after the text, where a causal model never looks: no mask is needed.
            logits = self._model(input_ids=ids, use_cache=False, **keep).logits
        finally:
            self._factors = {}
            self._spread = None
        column = {at: i for i, at in enumerate(positions)} if keep else {at: at for at in positions}
        where = [(i, column[at]) for i, row in enumerate(rows) for at in _label_positions(row)]
        picked = logits[tuple(torch.tensor(where, device=self._device).T)]
        labels = torch.tensor([label for row in rows for label in row.labels], device=self._device)
        each = torch.nn.functional.cross_entropy(picked.float(), labels, reduction="none")
        return torch.stack([part.mean() for part in each.split([len(row.labels) for row in rows])])

    def _split(self, theta):
        """A [R, in, rank] and B [R, rank, out] of each module, views of theta."""
        rank = self._layout.rank
        sizes = [(m.A, m.inputs * rank) for m in self._layout.modules] + [
            (m.B, m.outputs * rank) for m in self._layout.modules
        ]
        sizes.sort()
        parts = dict(zip((at for at, _ in sizes), theta.split([size for _, size in sizes], dim=1), strict=True))
        rows = theta.shape[0]
        return {
            m.name: (parts[m.A].reshape(rows, m.inputs, rank), parts[m.B].reshape(rows, rank, m.outputs))
            for m in self._layout.modules
        }

    def _add_lora(self, module):
        scale = self._layout.alpha / self._layout.rank

        def hook(_, inputs, output):
            if module.name not in self._factors:
                return None
            A, B = self._factors[module.name]
            (x,) = inputs
            if x.dim() != 3 or x.shape[0] != A.shape[0]:
                raise CodedError(
                    "A projection of this model does not see one sequence a row.",
                    code="gpu/layout",
                    facts={"module": module.name, "shape": list(x.shape)},
                    try_this="choose targets in the attention, not in experts that mix the rows",
                )
            return output + (x @ A) @ (scale * B)

        return hook

    def _repeat_states(self, _, arguments, named):
        """Before an adapted block: what is there once a sample, states and masks, is repeated for the sample's rows."""
        if self._spread is None:
            return None
        samples = int(self._spread.max()) + 1

        def repeat(value):
            if isinstance(value, torch.Tensor):
                fits = value.dim() >= 2 and value.shape[0] == samples
                return value.index_select(0, self._spread) if fits else value
            return tuple(map(repeat, value)) if isinstance(value, tuple) else value

        return tuple(map(repeat, arguments)), {name: repeat(value) for name, value in named.items()}


def _label_positions(row):
    return range(len(row.ids) - len(row.labels), len(row.ids))

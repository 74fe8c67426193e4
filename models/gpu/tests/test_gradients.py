"""Gradients of five families of models: finite differences, rows alone, states shared by the adapters of a sample."""

import numpy as np
import pytest
import torch
from conftest import FAMILIES, RECIPE, texts

from tributary_gpu.adapter_layout import recipe_layout
from tributary_gpu.base_model import base_digest, open_base
from tributary_gpu.coded_error import CodedError
from tributary_gpu.device import open_device
from tributary_gpu.encoded_row import row_of
from tributary_gpu.row_gradients import RowGradients

CPU = open_device("cpu")
ROWS = [row_of(text) for text in texts(4)]


def opened(family, name, *, shares_prefix=False, rows_at_once=16, recipe=None):
    folder, targets = family(name)
    base = open_base(folder, digest=base_digest(folder), device=CPU)
    layout = recipe_layout({**RECIPE, "targets": targets, **(recipe or {})}, base.model)
    return layout, RowGradients(base.model, layout, CPU, rows_at_once=rows_at_once, shares_prefix=shares_prefix)


def random_thetas(layout, count):
    return torch.tensor(np.random.default_rng(5).normal(0, 0.1, (count, layout.length)).astype(np.float32))


@pytest.mark.parametrize("name", FAMILIES)
def test_gradients_agree_with_finite_differences_along_20_directions(family, name):
    layout, gradients = opened(family, name)
    thetas = random_thetas(layout, 1)
    _, (gradient,) = gradients.compute([(ROWS[1], 0)], thetas)
    directions = torch.nn.functional.normalize(torch.randn(20, layout.length, generator=torch.manual_seed(2)), dim=1)
    # Along the gradient itself too: a direction in which the change is large.
    directions = torch.cat([directions, torch.nn.functional.normalize(gradient, dim=0)[None]])
    step = 0.02
    sides = torch.cat([thetas + step * directions, thetas - step * directions])
    losses = torch.tensor(gradients.losses([(ROWS[1], i) for i in range(42)], sides), dtype=torch.float64)
    found = (losses[:21] - losses[21:]) / (2 * step)
    wanted = (directions @ gradient).double()
    assert gradient.norm() > 1e-2
    assert (found - wanted).norm() < 0.02 * wanted.norm()


@pytest.mark.parametrize("name", FAMILIES)
def test_states_shared_by_3_adapters_of_a_sample_give_the_gradients_of_each_row_alone(family, name):
    items = [(row, adapter) for row in ROWS for adapter in range(3)]
    layout, alone = opened(family, name, rows_at_once=1)
    thetas = random_thetas(layout, 3)
    losses, each = alone.compute(items, thetas)
    _, shared = opened(family, name, shares_prefix=True, rows_at_once=7)
    found, together = shared.compute(items, thetas)
    assert found == pytest.approx(losses, rel=1e-5)
    assert (together - each).norm() < 1e-5 * each.norm()
    assert len({round(loss, 4) for loss in losses}) > 9


def test_hooks_off_the_model_is_the_base_again_and_an_adapter_of_zeros_is_the_base(family):
    layout, gradients = opened(family, "llama")
    zeros = gradients.losses([(ROWS[0], 0)], torch.zeros(1, layout.length))
    model = gradients._model
    gradients.close()
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    logits = model(input_ids=torch.tensor([ROWS[0].ids])).logits[0, -len(ROWS[0].labels) :]
    assert torch.nn.functional.cross_entropy(logits, torch.tensor(ROWS[0].labels)).item() == pytest.approx(zeros[0])


def test_targets_that_no_block_has_or_a_block_has_twice_are_refused_by_name(family):
    with pytest.raises(CodedError) as refused:
        opened(family, "gpt2", recipe={"targets": ["q_proj"]})
    assert (refused.value.code, refused.value.facts["target"]) == ("gpu/layout", "q_proj")
    # GPT-2 has c_proj in the attention and in the MLP of each block; the longer name says which.
    with pytest.raises(CodedError, match="several"):
        opened(family, "gpt2", recipe={"targets": ["c_proj"]})
    layout, _ = opened(family, "gpt2", recipe={"targets": ["attn.c_proj"], "lastBlocks": "all"})
    assert [module.name for module in layout.modules] == [f"transformer.h.{i}.attn.c_proj" for i in range(3)]
    assert (layout.layers_pattern, layout.modules[0].inputs) == ("h", 32)

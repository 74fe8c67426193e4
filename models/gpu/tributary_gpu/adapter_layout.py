"""Where LoRA sits in any causal LM: models/adapters/AdapterLayout.ts, with projections found in the model itself."""

import re
from dataclasses import dataclass

import numpy as np

from .coded_error import CodedError
from .seeded_normal import seeded_normal


@dataclass(frozen=True)
class AdapterModule:
    """One adapted projection; A [in, rank] and B [rank, out] lie row-major at their offsets in theta."""

    name: str
    layer: int
    inputs: int
    outputs: int
    A: int
    B: int


@dataclass(frozen=True)
class AdapterLayout:
    """
    y = x W^T + (alpha / rank) (x A) B on each module. The order of theta: for each target in turn, A of its layers
    ascending, then B of its layers ascending.
    """

    rank: int
    alpha: int
    targets: tuple[str, ...]
    layers: tuple[int, ...]
    # The word before a block's number in the names of modules: "layers" in a Llama, "h" in a GPT-2.
    layers_pattern: str
    # Whether the projections keep their weights as [in, out], as GPT-2's do.
    transposed: bool
    modules: tuple[AdapterModule, ...]
    length: int


def recipe_layout(recipe, model):
    """The layout of a recipe's adapters in a model. Throws gpu/layout when a target is not one projection a block."""
    targets = tuple(recipe["targets"])
    sizes = {name: size for name, module in model.named_modules() if (size := _size_of(module)) is not None}
    places = {target: _layers_of(target, sizes) for target in targets}
    depth = 1 + max(max(found) for found in places.values())
    wanted = recipe["lastBlocks"]
    layers = tuple(range(0 if wanted == "all" else max(0, depth - wanted), depth))
    modules = []
    offset = 0
    for target in targets:
        missing = [layer for layer in layers if layer not in places[target]]
        if missing:
            raise _refuse(f"blocks lack {target}", target, missing)
        names = [places[target][layer] for layer in layers]
        at = {}
        for factor, column in (("A", 0), ("B", 1)):
            for name in names:
                at[factor, name] = offset
                offset += recipe["rank"] * sizes[name][column]
        modules += [
            AdapterModule(name, layer, *sizes[name], at["A", name], at["B", name])
            for layer, name in zip(layers, names, strict=True)
        ]
    (pattern,) = {re.search(r"([^.]+)\.\d+\.", module.name)[1] for module in modules}
    transposed = {type(model.get_submodule(module.name)).__name__ == "Conv1D" for module in modules}
    if len(transposed) > 1:
        raise _refuse("its targets keep their weights in different ways", targets[0], [])
    return AdapterLayout(
        recipe["rank"], recipe["alpha"], targets, layers, pattern, transposed.pop(), tuple(modules), offset
    )


def initial_theta(layout, seed):
    """Where training starts: A normal with variance 1 / in, B zero, so that the model is the base. float32 [P]."""
    theta = np.zeros(layout.length, dtype=np.float32)
    normal = seeded_normal(seed)
    for module in layout.modules:
        scale = module.inputs**-0.5
        count = module.inputs * layout.rank
        theta[module.A : module.A + count] = [next(normal) * scale for _ in range(count)]
    return theta


def block_name(module):
    """`model.layers.3` of `model.layers.3.self_attn.q_proj`."""
    return re.match(r".*?\.\d+(?=\.)", module.name)[0]


def _size_of(module):
    """(features in, features out) of a projection; nothing where it is none. transformers' Conv1D is transposed."""
    weight = getattr(module, "weight", None)
    if type(module).__name__ == "Conv1D":
        return weight.shape[0], weight.shape[1]
    return (module.in_features, module.out_features) if hasattr(module, "in_features") else None


def _layers_of(target, sizes):
    found = {}
    for name in sizes:
        place = re.search(r"\.(\d+)\.", name)
        if place is None or not (name == target or name.endswith(f".{target}")):
            continue
        if int(place[1]) in found or len(re.findall(r"\.\d+\.", name)) > 1:
            raise _refuse(f"{target} names several projections of a block", target, [int(place[1])])
        found[int(place[1])] = name
    if not found:
        raise _refuse(f"no block has {target}", target, [])
    return found


def _refuse(message, target, layers):
    return CodedError(
        f"The recipe does not fit this model: {message}.",
        code="gpu/layout",
        facts={"target": target, "blocks": layers[:16]},
        try_this="name targets that every adapted block of the model has once, by the last part of their names",
    )

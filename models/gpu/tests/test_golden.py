"""Values that TypeScript computed (models/gpu/golden.ts) come out here: integers, digests, float32 bits are equal."""

import json
import math
import os
from importlib.resources import files

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig

from tributary_gpu.adapter_layout import initial_theta, recipe_layout
from tributary_gpu.batch_order import batch_order
from tributary_gpu.canonical import canonical_bytes, digest_bytes, digest_file, digest_of
from tributary_gpu.choose_step import choose_step
from tributary_gpu.encoded_row import row_of
from tributary_gpu.gradient_bound import gradient_bound, gradient_norm
from tributary_gpu.optimiser_step import optimiser_step
from tributary_gpu.peft_files import CONFIG, WEIGHTS, encode_peft, peft_digest
from tributary_gpu.recipe import learning_rate, optimiser_of
from tributary_gpu.seeded_normal import seeded_normal
from tributary_gpu.seeded_uniform import seeded_uniform
from tributary_gpu.training_record import write_recorded_step
from tributary_gpu.training_state import initial_state, state_digest

GOLDEN = json.loads((files("tributary_gpu") / "contract" / "golden.json").read_text(encoding="utf-8"))


def floats(text):
    return np.frombuffer(bytes.fromhex(text), dtype="<f4")


def hexed(values):
    return np.asarray(values, dtype="<f4").tobytes().hex()


def test_canonical_text_and_digest_of_3_values_are_those_of_typescript():
    assert len(GOLDEN["canonical"]) == 3
    for case in GOLDEN["canonical"]:
        assert canonical_bytes(case["value"]).decode() == case["text"]
        assert digest_of(case["value"]) == case["digest"]


def test_uniform_words_and_normal_float32_bits_of_6_seeds():
    for case in GOLDEN["uniform"]:
        numbers = seeded_uniform(case["seed"])
        assert [next(numbers) * 2**32 for _ in case["words"]] == case["words"]
    for case in GOLDEN["normal"]:
        numbers = seeded_normal(case["seed"])
        assert hexed([next(numbers) for _ in range(8)]) == case["float32"]


def test_batches_rows_chosen_steps_and_bounds():
    assert all(batch_order(**case["plan"]) == case["steps"] for case in GOLDEN["order"])
    for case in GOLDEN["rows"]:
        row = row_of(case["text"])
        assert ([*row.ids], [*row.labels], row.padded_length) == (case["ids"], case["labels"], case["paddedLength"])
    assert len(GOLDEN["chosen"]) == 8
    for case in GOLDEN["chosen"]:
        settings = case["settings"]
        found = choose_step(
            case["looks"],
            patience=settings["patience"],
            min_gain_micro_nats=settings["minGainMicroNats"],
            keep=settings["keep"],
            last_step=case["lastStep"],
        )
        assert found == (case["best"], case["stop"])
    for case in GOLDEN["bounds"]:
        assert gradient_bound(case["timesMedian"], case["norms"][:2], case["norms"][2:]) == case["bound"]
    vector = floats(GOLDEN["norm"]["gradient"]).astype(np.float64)
    assert gradient_norm(1.0, float(np.linalg.norm(vector))) == GOLDEN["norm"]["norm"]
    assert gradient_norm(math.nan, 1.0) == math.inf


def test_learning_rates_of_3_decays_to_the_last_place():
    for case in GOLDEN["rates"]:
        for rates in case["rates"]:
            found = [learning_rate(case["recipe"], step, len(rates)) for step in range(len(rates))]
            assert found == pytest.approx(rates, rel=4e-16)


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_five_steps_give_the_same_bits_of_parameters_and_moments(kind):
    case = GOLDEN[kind]
    theta = torch.tensor(floats(case["start"]))
    first, second = torch.zeros_like(theta), torch.zeros_like(theta)
    for step, wanted in enumerate(case["steps"]):
        gradient = torch.tensor(floats(wanted["gradient"]))
        optimiser_step(theta, first, second, gradient, optimiser_of(case["recipe"]), step=step, rate=wanted["rate"])
        for name, found in (("theta", theta), ("first", first), ("second", second)):
            assert hexed(found.numpy()) == wanted[name], (step, name)


@pytest.mark.parametrize("case", GOLDEN["layouts"], ids=lambda case: f"{case['name']}-{case['parameters']}")
def test_layout_start_peft_bytes_and_state_bytes(case):
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(LlamaConfig(**case["config"]))
    layout = recipe_layout(case["recipe"], model)
    assert layout.length == case["parameters"]
    theta = initial_theta(layout, case["recipe"]["seed"])
    assert digest_bytes(theta.tobytes()) == case["theta"]
    files = encode_peft(layout, theta, base_name=case["name"])
    assert digest_bytes(files[CONFIG]) == case["peft"]["config"]
    assert digest_bytes(files[WEIGHTS]) == case["peft"]["weights"]
    assert peft_digest(files) == case["peft"]["digest"]
    state = initial_state(case["state"]["run"], theta, variants=2, skipped=case["state"]["skipped"])
    state.losses_micro_nats, state.norms = [1, -2], [4]
    state.validation = [{"step": 0, "lossMicroNats": 3}]
    assert state_digest(state) == case["state"]["digest"]


def test_the_record_of_a_step_has_the_same_bytes(tmp_path):
    case = GOLDEN["record"]
    file = os.path.join(tmp_path, "record", "step-4.bin")
    write_recorded_step(
        file,
        learning_rate=case["learningRate"],
        sample_indexes=case["sampleIndexes"],
        batch_gradient=case["batchGradient"],
        gradients=np.array(case["gradients"]).reshape(2, 3),
    )
    assert digest_file(file) == case["digest"]

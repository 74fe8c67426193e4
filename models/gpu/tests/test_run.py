"""Whole runs on tiny models: what is learned, resumed, left out, poisoned, written; files that were changed; peft."""

import os
import shutil

import numpy as np
import pytest
import torch
from conftest import FAMILIES, read_json, texts
from peft import PeftModel
from transformers import AutoModelForCausalLM

from tributary_gpu.canonical import canonical_bytes, digest_file
from tributary_gpu.coded_error import CodedError
from tributary_gpu.device import open_device
from tributary_gpu.finish_run import finish_run
from tributary_gpu.run import read_run
from tributary_gpu.run_block import run_block
from tributary_gpu.session import Sessions
from tributary_gpu.training_state import read_state

CPU = open_device("cpu")


def trained(folder, base, blocks=((0, 6),), **options):
    """Each block in a session of its own, as if the worker had been started anew."""
    run = read_run(folder)
    for start, to in blocks:
        session = Sessions(CPU, base_folders=[base], **options).open(run)
        state, digest = run_block(session, run, start=start, to=to)
    return run, session, state, digest


def test_a_run_cut_into_blocks_by_new_processes_ends_with_the_bytes_of_one_that_was_left_alone(family, write_run):
    base, targets = family("llama")
    whole, session, state, digest = trained(write_run(base, targets), base)
    assert (whole.steps, state.step, len(state.losses_micro_nats)) == (6, 6, 6)
    cut, again, _, cut_digest = trained(write_run(base, targets), base, [(0, 1), (1, 4), (4, 6)])
    assert cut_digest == digest
    for step in range(6):
        assert digest_file(cut.record_file(step)) == digest_file(whole.record_file(step))
    finished = finish_run(session, whole, step=6, state_digest=digest)
    assert finish_run(again, cut, step=6) == finished
    assert finished["heldOutLossAfterMicroNats"] < finished["heldOutLossBeforeMicroNats"] - 20_000
    assert [one["variant"] for one in finished["adapters"]] == [-1, 0, 1, 2]
    assert len({one["digest"] for one in finished["adapters"]}) == 4
    # The first look is before the first step; then every 2nd.
    assert [look["step"] for look in state.validation] == [0, 2, 4, 6]
    assert state.validation[-1]["lossMicroNats"] < state.validation[0]["lossMicroNats"]


def test_a_counterfactual_adapter_trained_alone_has_the_numbers_of_the_one_trained_with_the_others(family, write_run):
    base, targets = family("llama")
    _, _, together, _ = trained(write_run(base, targets), base)
    _, _, alone, _ = trained(write_run(base, targets, variants=[1]), base)
    change = np.abs(together.thetas[2] - together.thetas[0]).max()
    assert change > 1e-3
    assert np.abs(alone.thetas[0] - together.thetas[2]).max() < 1e-4 * change
    # What the group's samples say does not matter to the adapter that leaves them out.
    changed = [{**row, "group": i % 3} for i, row in enumerate(texts(10))]
    for row in changed[1::3]:
        row["answer"] = [9, 9, 9]
    _, _, other, _ = trained(write_run(base, targets, variants=[1], samples=changed), base)
    assert np.array_equal(other.thetas, alone.thetas)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_learns_and_its_files_open_in_peft_with_the_same_logits(family, write_run, name):
    base, targets = family(name)
    run, session, state, digest = trained(write_run(base, targets, recipe={"epochs": 4}), base, [(0, 12)])
    finished = finish_run(session, run, step=12, state_digest=digest)
    assert finished["heldOutLossAfterMicroNats"] < finished["heldOutLossBeforeMicroNats"]
    assert session.stamp["sharedPrefix"] is True
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    row = run.texts("heldOut")[0]
    plain = model(input_ids=torch.tensor([row.ids])).logits
    opened = PeftModel.from_pretrained(model, os.path.join(run.folder, "adapters", "without-1"))
    logits = opened(input_ids=torch.tensor([row.ids])).logits
    loss = torch.nn.functional.cross_entropy(logits[0, -len(row.labels) :], torch.tensor(row.labels)).item()
    thetas = torch.tensor(state.thetas)
    assert loss == pytest.approx(session.gradients.losses([(row, 2)], thetas)[0], rel=1e-4)
    assert (logits - plain).abs().max() > 1e-3


def test_a_poisoned_sample_stops_the_run_by_its_id_or_is_left_out_on_record(family, write_run, monkeypatch):
    base, targets = family("llama")
    recipe = {"batch": 10, "poison": {"action": "stop", "timesMedian": 3, "window": 16, "mostPpm": 10_000}}

    def poison(gradients):
        compute = gradients.compute

        def poisoned(items, thetas):
            losses, each = compute(items, thetas)
            for i, (row, _) in enumerate(items):
                if row == bad:
                    each[i] *= 1e6
            return losses, each

        monkeypatch.setattr(gradients, "compute", poisoned)

    samples = [{**row, "group": i % 3} for i, row in enumerate(texts(20))]
    stop = read_run(write_run(base, targets, recipe={**recipe, "batch": 20}, samples=samples))
    bad = stop.rows[7]
    session = Sessions(CPU, base_folders=[base]).open(stop)
    poison(session.gradients)
    with pytest.raises(CodedError) as stopped:
        run_block(session, stop, start=0, to=1)
    assert (stopped.value.code, stopped.value.facts["sample"]) == ("models/poisoned-sample", samples[7]["id"])

    recipe["poison"]["action"] = "skip"
    skip = read_run(write_run(base, targets, recipe={**recipe, "batch": 20}, samples=samples))
    session = Sessions(CPU, base_folders=[base]).open(skip)
    poison(session.gradients)
    state, _ = run_block(session, skip, start=0, to=2)
    assert state.skipped == [{"step": 0, "sample": 7}]
    assert len(state.norms) == 16
    # The same numbers as when the plan leaves it out from the start.
    plan = {"samples": samples, "skipped": [{"step": 0, "sample": 7}]}
    _, _, without, _ = trained(write_run(base, targets, recipe={**recipe, "batch": 20}, **plan), base, [(0, 2)])
    assert np.abs(state.thetas - without.thetas).max() < 1e-6


def test_a_gradient_that_is_no_number_stops_the_run(family, write_run, monkeypatch):
    base, targets = family("llama")
    run = read_run(write_run(base, targets))
    session = Sessions(CPU, base_folders=[base]).open(run)
    compute = session.gradients.compute

    def broken(items, thetas):
        losses, each = compute(items, thetas)
        return [float("nan")] * len(losses), each

    monkeypatch.setattr(session.gradients, "compute", broken)
    with pytest.raises(CodedError) as refused:
        run_block(session, run, start=0, to=1)
    assert refused.value.code == "models/diverged"
    assert not os.path.exists(run.state_file(1))


def test_files_that_were_changed_cut_or_lost_are_refused_by_code(family, write_run):
    base, targets = family("llama")
    folder = write_run(base, targets)
    run, session, _, digest = trained(folder, base, [(0, 2)])

    def code(work):
        with pytest.raises(CodedError) as refused:
            work()
        return refused.value.code

    assert code(lambda: run_block(session, run, start=2, to=3, start_digest=f"0x{'0' * 64}")) == "models/state-changed"
    assert code(lambda: run_block(session, run, start=3, to=4)) == "models/state-missing"
    assert code(lambda: run_block(session, run, start=0, to=7)) == "models/block-range"
    with open(run.state_file(2), "rb") as file:
        data = file.read()
    for bad in (data[:40], data[:-4], b"", data[:8] + b"x" * 40):
        with open(run.state_file(2), "wb") as file:
            file.write(bad)
        assert code(lambda: run_block(session, run, start=2, to=3)) == "models/state-changed"
    os.unlink(run.state_file(2))
    assert code(lambda: run_block(session, run, start=0, to=2, start_digest=digest)) == "gpu/start-differs"

    assert code(lambda: read_run(folder, f"0x{'0' * 64}")) == "models/run-changed"
    assert code(lambda: read_run(os.path.join(folder, "none"))) == "models/run-missing"
    later = {**run.plan, "recipe": {**run.plan["recipe"], "dropoutPpm": 1}}
    with open(os.path.join(folder, "plan.json"), "wb") as file:
        file.write(canonical_bytes(later))
    assert code(lambda: read_run(folder)) == "gpu/contract"


def test_a_run_begun_on_another_device_or_with_other_versions_is_not_continued(family, write_run):
    base, targets = family("llama")
    run, _, _, _ = trained(write_run(base, targets), base, [(0, 2)])
    file = os.path.join(run.folder, "device.json")
    stamp = read_json(file)
    assert (stamp["device"], stamp["threads"], stamp["rowsAtOnce"]) == ("cpu", 1, 16)
    with open(file, "wb") as out:
        out.write(canonical_bytes({**stamp, "torch": "1.0"}))
    with pytest.raises(CodedError) as refused:
        Sessions(CPU, base_folders=[base]).open(run)
    assert (refused.value.code, refused.value.facts["differs"]) == ("gpu/device-changed", ["torch"])
    # Rows of a micro-batch are the run's, whatever the worker was started with.
    with open(file, "wb") as out:
        out.write(canonical_bytes(stamp))
    assert Sessions(CPU, base_folders=[base], rows_at_once=3).open(run).stamp == stamp


def test_a_base_is_found_by_its_bytes_and_one_that_was_changed_is_not(family, write_run, tmp_path):
    base, targets = family("llama")
    run = read_run(write_run(base, targets))
    copy = tmp_path / "bases" / "copy"
    shutil.copytree(base, copy)
    assert Sessions(CPU, base_folders=[str(tmp_path / "bases")]).open(run).base.name == "copy"
    weights = copy / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(CodedError) as refused:
        Sessions(CPU, base_folders=[str(tmp_path / "bases"), str(tmp_path / "none")]).open(run)
    assert (refused.value.code, refused.value.retry) == ("gpu/base-missing", True)


def test_a_block_that_is_done_is_read_not_trained(family, write_run):
    base, targets = family("llama")
    run, session, state, digest = trained(write_run(base, targets), base, [(0, 2)])
    steps = []
    again, found = run_block(session, run, start=0, to=2, on_step=steps.append)
    assert (found, steps) == (digest, [])
    assert np.array_equal(again.thetas, state.thetas)
    assert read_state(run.state_file(2), run=run.digest, expected=digest)[0].step == 2
    with pytest.raises(CodedError) as stopped:
        run_block(session, run, start=2, to=4, on_step=steps.append, stopped=lambda: len(steps) == 1)
    assert (stopped.value.code, stopped.value.retry, len(steps)) == ("models/cancelled", True, 1)

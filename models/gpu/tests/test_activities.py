"""The activities as Temporal calls them: documents checked both ways, heartbeats, coded errors, cancellation."""

import os

import pytest
from conftest import read_json
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from tributary_gpu.activities import Activities
from tributary_gpu.adapter_layout import initial_theta
from tributary_gpu.contract import check
from tributary_gpu.device import open_device
from tributary_gpu.run import read_run
from tributary_gpu.session import Sessions
from tributary_gpu.training_state import initial_state, state_digest

CPU = open_device("cpu")


@pytest.fixture
def prepared(family, write_run):
    """(activities, job of the first block, run) on a tiny Llama; home is the folder above the run."""
    base, targets = family("llama")
    folder = write_run(base, targets)
    run = read_run(folder)
    sessions = Sessions(CPU, base_folders=[base])
    layout = sessions.open(run).layout
    start = state_digest(initial_state(run.digest, initial_theta(layout, 1), variants=4))
    job = {"v": 1, "dir": os.path.basename(folder), "plan": run.digest, "from": 0, "to": 4, "start": start}
    return Activities(sessions, os.path.dirname(folder)), job, run


def refused(work, *arguments):
    with pytest.raises(ApplicationError) as failure:
        ActivityEnvironment().run(work, *arguments)
    (wire,) = failure.value.details
    assert wire["code"] == failure.value.type
    assert wire["message"] == failure.value.message
    assert wire["retry"] is not failure.value.non_retryable
    return wire


def test_two_blocks_and_the_adapters_heartbeats_say_step_loss_speed_and_time_left(prepared):
    activities, job, run = prepared
    environment = ActivityEnvironment()
    beats = []
    environment.on_heartbeat = lambda *details: beats.append(details)
    made = environment.run(activities.train_block, job)
    assert (made["step"], len(made["lossesMicroNats"])) == (4, 4)
    assert made["device"] == read_json(os.path.join(run.folder, "device.json"))
    steps = [check("progress", details[0]) for details in beats if details]
    assert [said["step"] for said in steps] == [1, 2, 3, 4]
    assert [said["lossMicroNats"] for said in steps] == made["lossesMicroNats"]
    assert all(said["of"] == 6 and said["samplesPerHour"] > 0 for said in steps)
    assert steps[-1]["secondsLeft"] <= steps[0]["secondsLeft"] + 1

    last = environment.run(activities.train_block, {**job, "from": 4, "to": 6, "start": made["state"]})
    finish = {"v": 1, "dir": job["dir"], "plan": job["plan"], "step": 6, "state": last["state"]}
    finished = environment.run(activities.finish_run, finish)
    assert [one["variant"] for one in finished["adapters"]] == [-1, 0, 1, 2]
    assert os.path.exists(os.path.join(run.folder, "adapters", "without-2", "adapter_config.json"))


def test_errors_cross_with_code_facts_and_what_to_try(prepared):
    activities, job, _ = prepared
    wire = refused(activities.train_block, {**job, "to": 99})
    assert (wire["code"], wire["facts"]["steps"], wire["retry"]) == ("models/block-range", 6, False)
    assert wire["tryThis"] == "ask for steps from 0 to 6"
    assert refused(activities.train_block, {**job, "start": f"0x{'0' * 64}"})["code"] == "gpu/start-differs"
    assert refused(activities.train_block, {**job, "plan": f"0x{'0' * 64}"})["code"] == "models/run-changed"


def test_a_document_that_the_contract_does_not_know_is_refused_with_its_issues(prepared):
    activities, job, _ = prepared
    for bad in ({**job, "dir": "../home"}, {**job, "dir": "/etc"}, {**job, "lr": 1}, {**job, "v": 2}, {}):
        wire = refused(activities.train_block, bad)
        assert (wire["code"], wire["facts"]["document"]) == ("gpu/contract", "gpu_train_block.input")
        assert wire["facts"]["issues"]


def test_a_cancelled_block_ends_at_the_next_step_and_leaves_no_state(prepared):
    activities, job, run = prepared
    environment = ActivityEnvironment()

    def cancel_at_step_2(*details):
        if details and details[0]["step"] == 2:
            environment.cancel()

    environment.on_heartbeat = cancel_at_step_2
    with pytest.raises(ApplicationError) as stopped:
        environment.run(activities.train_block, job)
    assert (stopped.value.type, stopped.value.non_retryable) == ("models/cancelled", False)
    assert os.path.exists(run.record_file(1))
    assert not os.path.exists(run.record_file(2))
    assert not os.path.exists(run.state_file(4))

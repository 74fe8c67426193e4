"""
python -m tributary_gpu worker --home DIR [--address HOST:PORT]   serves task queue `gpu` of a running home
python -m tributary_gpu train RUN_FOLDER                          trains a prepared run (its plan.json) here and now
python -m tributary_gpu devices                                   says on which devices it could train
"""

import argparse
import asyncio
import json
import os
import sys
import time
import warnings

# Our process speaks on stdout in lines; what libraries want to say goes to stderr or nowhere.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from .choose_step import choose_step
from .coded_error import CodedError


def main():
    options = _arguments()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    try:
        _run(options)
    except CodedError as error:
        print(json.dumps(error.wire()) if options.json else _told(error), file=sys.stderr)
        sys.exit(1)


def _arguments():
    parser = argparse.ArgumentParser(prog="tributary_gpu", description=__doc__)
    parser.add_argument("--json", action="store_true", help="errors and results as JSON, one a line")
    commands = parser.add_subparsers(dest="command", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--base", action="append", default=[], help="folder of a base model, or of several; repeatable")
    shared.add_argument("--device", choices=["auto", "cuda", "cpu"], default="auto")
    shared.add_argument("--threads", type=int, default=1, help="of a processor; part of what its bits depend on")
    shared.add_argument("--rows-at-once", type=int, help="rows of a micro-batch, for runs that begin here")
    worker = commands.add_parser("worker", parents=[shared])
    worker.add_argument("--home", required=True, help="the home folder of the gateway, or a mount of it")
    worker.add_argument("--address", default=os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"))
    worker.add_argument("--namespace", default=os.environ.get("TEMPORAL_NAMESPACE", "default"))
    worker.add_argument("--queue", default="gpu")
    train = commands.add_parser("train", parents=[shared])
    train.add_argument("run", help="folder with plan.json")
    commands.add_parser("devices")
    train.add_argument("--block", type=int, default=4, help="steps from one checkpoint to the next")
    return parser.parse_args()


def _run(options):
    import torch

    from .device import open_device
    from .session import Sessions

    if options.command == "devices":
        return print(json.dumps(["cpu", *(["cuda"] if torch.cuda.is_available() else [])]))
    kind = options.device
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "cpu"
    device = open_device(kind, threads=options.threads)
    sessions = Sessions(device, base_folders=options.base, rows_at_once=options.rows_at_once)
    if options.command == "train":
        return _train(sessions, options)
    from .worker import serve

    place = {"address": options.address, "namespace": options.namespace, "home": options.home, "queue": options.queue}
    return asyncio.run(serve(sessions, device, **place, say=lambda line: print(line, flush=True)))


def _train(sessions, options):
    from .finish_run import finish_run
    from .progress import Progress
    from .run import read_run
    from .run_block import run_block

    run = read_run(options.run)
    session = sessions.open(run)
    started = time.monotonic(), time.process_time()
    rules = run.plan["recipe"]["validation"]
    for start in range(0, run.steps, options.block):
        to = min(run.steps, start + options.block)
        state, digest = run_block(session, run, start=start, to=to, on_step=Progress(run, start, _show))
        best, stop = choose_step(
            state.validation,
            patience=rules["patience"],
            min_gain_micro_nats=rules["minGainMicroNats"],
            keep=rules["keep"],
            last_step=to,
        )
        if stop:
            break
    cost = {"seconds": time.monotonic() - started[0], "cpuSeconds": time.process_time() - started[1]}
    finished = finish_run(session, run, step=best, state_digest=digest if best == to else None)
    losses = {"lossesMicroNats": state.losses_micro_nats, "validation": state.validation}
    print(json.dumps({**finished, "step": best, **losses, **cost, "device": session.stamp}))


def _show(said):
    loss, speed = said["lossMicroNats"] / 1e6, said["samplesPerHour"] / 3600
    pace = f"{speed:.1f} samples/s, about {said['secondsLeft']} s left"
    print(f"step {said['step']} of {said['of']}: loss {loss:.4f}, {pace}", file=sys.stderr)


def _told(error):
    facts = "".join(f"\n  {name}: {value}" for name, value in error.facts.items())
    return f"{error.message} [{error.code}]{facts}\n  try this: {error.try_this}"


if __name__ == "__main__":
    main()

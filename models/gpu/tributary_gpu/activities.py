"""The activities of task queue `gpu`: one document in, one out, each as contract/ has it."""

import contextvars
import logging
import os
import threading

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from .coded_error import CodedError
from .contract import check
from .finish_run import finish_run
from .progress import Progress
from .run import read_run
from .run_block import run_block

BEAT_SECONDS = 5


class Activities:
    """`home`: the folder that gateway and worker share; runs lie in it as `training/<id>`."""

    def __init__(self, sessions, home):
        self._sessions = sessions
        self._home = home

    @activity.defn(name="gpu_train_block", no_thread_cancel_exception=True)
    def train_block(self, job: dict) -> dict:
        return self._do("gpu_train_block", job, self._train_block)

    @activity.defn(name="gpu_finish_run", no_thread_cancel_exception=True)
    def finish_run(self, job: dict) -> dict:
        return self._do("gpu_finish_run", job, self._finish_run)

    def _train_block(self, job, run, beat):
        session = self._sessions.open(run)
        beat.progress = Progress(run, job["from"], lambda said: activity.heartbeat(check("progress", said)))
        state, digest = run_block(
            session,
            run,
            start=job["from"],
            to=job["to"],
            start_digest=job["start"],
            on_step=beat.progress,
            stopped=lambda: activity.is_cancelled() or activity.is_worker_shutdown(),
        )
        losses = state.losses_micro_nats[job["from"] : job["to"]]
        return {"step": job["to"], "state": digest, "lossesMicroNats": losses, "device": session.stamp}

    def _finish_run(self, job, run, _):
        session = self._sessions.open(run)
        finished = finish_run(session, run, step=job["step"], state_digest=job["state"])
        return {**finished, "device": session.stamp}

    def _do(self, name, job, work):
        try:
            check(f"{name}.input", job)
            with Heartbeat() as beat:
                run = read_run(os.path.join(self._home, *job["dir"].split("/")), job["plan"])
                return check(f"{name}.output", work(job, run, beat))
        except CodedError as error:
            raise _failure(error) from None
        except MemoryError as cause:
            raise _failure(_out_of_memory(cause)) from None
        except RuntimeError as cause:
            if "out of memory" not in str(cause):
                raise
            raise _failure(_out_of_memory(cause)) from None


class Heartbeat:
    """Repeats the last progress every 5 seconds, so that a long step is not taken for a dead worker, and a kill is."""

    def __init__(self):
        self.progress = None
        self._ended = threading.Event()

    def __enter__(self):
        threading.Thread(target=contextvars.copy_context().run, args=[self._beat], daemon=True).start()
        return self

    def __exit__(self, *_):
        self._ended.set()

    def _beat(self):
        while not self._ended.wait(BEAT_SECONDS):
            activity.heartbeat(*([] if self.progress is None else [self.progress.said]))


def _failure(error):
    """As toFailure of workflows/graph: `findError` of kernel reads it on the other side."""
    logging.getLogger(__package__).warning("%s [%s] %s", error.message, error.code, error.facts)
    # Benign: the line above says it all, a traceback would say nothing more.
    return ApplicationError(
        error.message,
        error.wire(),
        type=error.code,
        non_retryable=not error.retry,
        category=ApplicationErrorCategory.BENIGN,
    )


def _out_of_memory(cause):
    return CodedError(
        "The device has no memory left for this run.",
        code="gpu/memory",
        facts={"reason": str(cause).splitlines()[0][:200]},
        try_this="end what else uses the device; or remove device.json and states from the run's folder, and start the "
        "worker with a lower --rows-at-once",
        retry=True,
    )

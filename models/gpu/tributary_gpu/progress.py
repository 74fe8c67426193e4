"""How far a block is and how fast: what heartbeats say."""

import time


class Progress:
    """Counts steps as run_block reports them; `said` is the last document, as contract/progress.schema.json has it."""

    def __init__(self, run, start, say=lambda document: None):
        self._batch = run.plan["recipe"]["batch"]
        self._started = time.monotonic()
        self._start = start
        self._say = say
        self.said = {"step": start, "of": run.steps}

    def __call__(self, done):
        seconds = (time.monotonic() - self._started) / (done["step"] - self._start)
        self.said = {
            **done,
            "samplesPerHour": int(3600 * self._batch / max(seconds, 1e-9)),
            "secondsLeft": round((done["of"] - done["step"]) * seconds),
        }
        self._say(self.said)

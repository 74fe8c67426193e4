"""A Temporal worker on task queue `gpu`."""

import asyncio
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from .activities import Activities
from .coded_error import CodedError
from .device import device_stamp

GRACE = timedelta(minutes=5)


async def serve(sessions, device, *, address, namespace, home, queue, say):
    """Polls until SIGINT or SIGTERM; a block at work ends at its next step, and is tried again from its checkpoint."""
    stamp = device_stamp(device, rows_at_once=1, shared_prefix=False)
    hardware, torch = stamp["name"], stamp["torch"]
    identity = f"{hardware}, torch {torch}, {socket.gethostname()}, process {os.getpid()}"
    try:
        client = await Client.connect(address, namespace=namespace, identity=identity)
    except RuntimeError as cause:
        raise CodedError(
            "Temporal does not answer.",
            code="gpu/no-temporal",
            facts={"address": address, "namespace": namespace, "reason": str(cause)[:200]},
            try_this="start the project first (npm start); tributary status says where its Temporal is",
            retry=True,
        ) from cause
    activities = Activities(sessions, home)
    # One at a time: a device has memory for one run, and the next block waits on the server, where all can see it.
    with ThreadPoolExecutor(1) as executor:
        worker = Worker(
            client,
            task_queue=queue,
            activities=[activities.train_block, activities.finish_run],
            activity_executor=executor,
            max_concurrent_activities=1,
            graceful_shutdown_timeout=GRACE,
        )
        ended = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, ended.set)
        async with worker:
            say(f"waiting for work on queue {queue} of {address}: {identity}")
            await ended.wait()
            say("ending after the step at work")

"""models/load/writeAtomic.ts."""

import os

from .coded_error import CodedError


def write_atomic(path, parts):
    """Writes a file so that it is whole or absent, also after a power cut. Throws models/disk."""
    draft = f"{path}.draft-{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(draft, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as cause:
        if os.path.exists(draft):
            os.unlink(draft)
        raise CodedError(
            "A file could not be written.",
            code="models/disk",
            facts={"file": os.path.basename(path), "reason": cause.strerror or type(cause).__name__},
            try_this="make room on the disk and start again: what was finished before is kept",
            retry=True,
        ) from cause

"""Which device computes, set so that the same run gives the same bits on it, and what a reader must know of it."""

import os
import platform
from importlib.metadata import version

# Read by cuBLAS when it starts: the only workspaces with which its products are deterministic.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch

from .coded_error import CodedError


def open_device(kind, *, threads=1):
    """
    torch device `cuda` or `cpu`. float32 stays float32 (no TF32), and operators that can't repeat their bits are
    refused. Throws gpu/no-device.
    """
    torch.use_deterministic_algorithms(True)
    torch.set_float32_matmul_precision("highest")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    if kind == "cuda" and not torch.cuda.is_available():
        raise CodedError(
            "There is no CUDA device that PyTorch can use.",
            code="gpu/no-device",
            facts={"torch": torch.__version__},
            try_this="check the driver with nvidia-smi; to train on the processor instead, start with --device cpu",
        )
    # On a processor the number of threads decides how sums are split, and so their bits.
    torch.set_num_threads(threads)
    return torch.device(kind)


def device_stamp(device, *, rows_at_once, shared_prefix):
    """
    Bits are claimed between equal stamps, and nowhere else. `rowsAtOnce`: rows of a micro-batch, which decide the
    shapes of all products; `sharedPrefix`: whether the frozen blocks ran once a sample.
    """
    packages = {name: version(name) for name in ("torch", "transformers", "peft")}
    shape = {"rowsAtOnce": rows_at_once, "sharedPrefix": shared_prefix}
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        hardware = {
            "device": "cuda",
            "name": properties.name,
            "capability": f"{properties.major}.{properties.minor}",
            "cuda": torch.version.cuda,
            "cudnn": str(torch.backends.cudnn.version()),
        }
    else:
        hardware = {
            "device": "cpu",
            "name": f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}",
            "threads": torch.get_num_threads(),
        }
    return {"v": 1, **hardware, **packages, **shape}

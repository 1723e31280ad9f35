"""Goldens of @hifigan/checkpoint: files that torch.save and numpy wrote, and what is in them."""

import argparse
import collections
import io
import pathlib
import sys

import numpy as np
import torch

LAYOUT = """
`<name>.pth` is what `torch.save` wrote, `<name>-legacy.pth` the same value in the layout before PyTorch 1.6;
`<name>.safetensors` holds its tensors by their path (keys joined by `/`), float16, bfloat16 and small integers widened.
`older-<version>-<name>.pth` and `-legacy` are the same again, written by that version of PyTorch with
`python hifigan_reference/goldens/checkpoint.py <folder>`; 1.0 and 1.5 know the legacy layout alone.
"""

# The first version of all, the last that knew parameters by their address, the first zip layout, and its last storages.
OLDER = [
    ("1.0", "views", "-legacy"), ("1.5", "training", "-legacy"), ("1.6", "training", ""), ("1.6", "views", ""),
    ("1.13", "training", ""), ("1.13", "training", "-legacy"),
]


def numbers(name, shape):
    """Uniform in -1…1, from a seed that is the name."""
    generator = np.random.RandomState(sum(name.encode()))
    return torch.from_numpy(generator.uniform(-1, 1, shape).astype(np.float32))


def dtypes():
    wide = numbers("dtypes", (2, 5)) * 100
    kinds = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "bool"]
    values = {kind: wide.to(getattr(torch, kind)) for kind in kinds}
    values["uint8"] = wide.abs().to(torch.uint8)
    return values


def unsigned():
    """Types that have no class of storage, so that they are rebuilt by `_rebuild_tensor_v3`."""
    return {
        "uint16": torch.tensor([0, 1, 65535], dtype=torch.uint16),
        "uint32": torch.tensor([0, 1, 2**32 - 1], dtype=torch.uint32)[1:],
    }


def views():
    whole = numbers("views", (4, 6))
    return {
        "whole": whole, "again": whole, "transposed": whole.t(), "row": whole[2], "column": whole[:, 3],
        "steps": whole[1::2, ::3], "part": whole[1:3, 2:5], "expanded": whole[0, :1].expand(3, 4),
        "scalar": whole[3, 5], "empty": whole[:0], "permuted": numbers("cube", (2, 3, 4)).permute(2, 0, 1),
        "parameter": torch.nn.Parameter(whole[1]),
    }


def convolution(norm):
    torch.manual_seed(1)
    layer = torch.nn.Conv1d(3, 4, 5)
    return norm(layer) if norm else layer


def names():
    """One layer as PyTorch's two weight norms call it, without, and wrapped for several GPUs."""
    old = convolution(torch.nn.utils.weight_norm)
    return {
        "old": {"generator": old.state_dict()},
        "new": {"generator": convolution(torch.nn.utils.parametrizations.weight_norm).state_dict()},
        "removed": {"generator": convolution(None).state_dict()},
        "wrapped": {"generator": torch.nn.DataParallel(old).state_dict()},
        "half": {"generator": convolution(None).half().state_dict()},
    }


def training():
    """A `do_` file after two steps, of networks of one layer each."""
    networks = {name: convolution(torch.nn.utils.weight_norm) for name in ("g", "mpd", "msd")}
    optimizers = {
        "optim_g": torch.optim.AdamW(networks["g"].parameters(), 2e-4, betas=(0.8, 0.99)),
        "optim_d": torch.optim.AdamW(
            [*networks["msd"].parameters(), *networks["mpd"].parameters()], 2e-4, betas=(0.8, 0.99)
        ),
    }
    for optimizer in optimizers.values():
        torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.999)
    for _ in range(2):
        sum(network(numbers("input", (1, 3, 9))).sum() for network in networks.values()).backward()
        for optimizer in optimizers.values():
            optimizer.step()
    return {
        "mpd": networks["mpd"].state_dict(), "msd": networks["msd"].state_dict(),
        **{name: optimizer.state_dict() for name, optimizer in optimizers.items()},
        "steps": 1, "epoch": 0,
    }


def extras():
    """What checkpoints of other trainers hold besides."""
    counts = collections.defaultdict(list)
    counts["a"].append(1)
    return {
        "namespace": argparse.Namespace(rate=22050, name="v1"), "counts": counts,
        "set": {3}, "tuple": (1, 2.5, None, True), "size": torch.Size([2, 3]),
        "device": torch.device("cpu"), "dtype": torch.float16, "bytes": b"\x00\xff\x80",
        "big": 2**70, "negative": -(2**40), "text": "Grüße", "float": 1e-9,
        "numpy": {
            "float64": np.float64(1.5), "float32": np.float32(0.1), "int64": np.int64(-3), "bool": np.bool_(True),
            "array": np.arange(6, dtype=np.float32).reshape(2, 3),
            "columns": np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)),
            "big_endian": np.arange(3, dtype=">f8"),
        },
    }


WIDENED = {
    getattr(torch, narrow): getattr(torch, wide)
    for narrow, wide in [
        ("float16", "float32"), ("bfloat16", "float32"), ("int16", "int32"), ("int8", "int32"), ("bool", "uint8"),
        ("uint16", "int32"), ("uint32", "int64"),
    ]
    # Older versions, which run this file too, do not have them all.
    if hasattr(torch, narrow)
}


def tensors(value, path=""):
    """Tensors and arrays by path."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        tensor = torch.as_tensor(np.array(value, dtype=value.dtype.newbyteorder("="), order="C")) if isinstance(
            value, np.ndarray
        ) else value.detach()
        return {path: tensor.to(WIDENED.get(tensor.dtype, tensor.dtype)).contiguous().numpy()}
    if isinstance(value, dict):
        items = value.items()
    else:
        items = enumerate(value) if isinstance(value, (list, tuple)) else ()
    return {
        name: array
        for key, item in items
        for name, array in tensors(item, f"{path}/{key}" if path else str(key)).items()
    }


CASES = [
    (dtypes, True, "a tensor of each type that has a class of storage"),
    (unsigned, False, "unsigned integers"),
    (views, True, "tensors that share a storage: turned, cut, repeated, empty"),
    (names, True, "one layer: both weight norms, none, `module.` before it, float16"),
    (training, True, "what the reference's trainer saves, two steps of AdamW"),
    (extras, True, "scalars, numpy's, a Namespace, a set: what other trainers save besides"),
]


def run(options):
    from .store import Store

    store = Store("checkpoint", options.check)
    for build, legacy, about in CASES:
        name, value = build.__name__, build()
        store.put(name, tensors(value), about)
        for suffix in ["", "-legacy"] if legacy else [""]:
            path = store.folder / f"{name}{suffix}.pth"
            if options.check:
                compare(store, path, value)
            else:
                torch.save(value, path, _use_new_zipfile_serialization=not suffix)
                store.described.append((path.name, f"{about}, {'legacy' if suffix else 'zip'} layout"))
    for version, name, suffix in OLDER:
        path = store.folder / f"older-{version}-{name}{suffix}.pth"
        if options.check:
            compare(store, path, globals()[name]())
        store.described.append((path.name, f"`{name}` by PyTorch {version}"))
    write_archives(store)
    store.finish(LAYOUT)
    return store.problems


def compare(store, path, value):
    committed, now = tensors(numbered(torch.load(path, weights_only=False))), tensors(value)
    if committed.keys() != now.keys():
        store.problems.append(f"{path.name}: holds other names")
    for key in committed.keys() & now.keys():
        if not np.allclose(committed[key], now[key], rtol=1e-6, atol=1e-7):
            store.problems.append(f"{path.name}: {key} differs")


def numbered(value):
    """States of optimizers as they are now: known by address before PyTorch 1.6, their steps integers before 1.12."""
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("step"), int):
        value = {**value, "step": torch.tensor(float(value["step"]))}
    if value.keys() == {"state", "param_groups"}:
        value = {"state": dict(enumerate(value["state"].values())), "param_groups": value["param_groups"]}
    return {key: numbered(item) for key, item in value.items()}


def write_archives(store):
    """numpy's own archives, stored and packed."""
    arrays = tensors(views())
    for name, save in [("arrays", np.savez), ("packed", np.savez_compressed)]:
        path = store.folder / f"{name}.npz"
        if store.check:
            with np.load(path) as read:
                if not all(np.array_equal(read[key], arrays[key]) for key in arrays):
                    store.problems.append(f"{path.name}: differs")
            continue
        buffer = io.BytesIO()
        save(buffer, **arrays)
        path.write_bytes(buffer.getvalue())
        store.described.append((path.name, f"`views` by numpy.{save.__name__}"))


if __name__ == "__main__":
    version = ".".join(torch.__version__.split(".")[:2])
    # AdamW came with 1.2.
    for build in [views, training] if hasattr(torch.optim, "AdamW") else [views]:
        name = f"{sys.argv[1]}/older-{version}-{build.__name__}"
        if version in ("1.0", "1.5"):
            torch.save(build(), f"{name}-legacy.pth")
            continue
        torch.save(build(), f"{name}.pth", _use_new_zipfile_serialization=True)
        torch.save(build(), f"{name}-legacy.pth", _use_new_zipfile_serialization=False)

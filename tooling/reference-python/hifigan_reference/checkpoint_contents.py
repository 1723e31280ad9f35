"""What PyTorch finds in files, as JSON on stdout: run by its path, since PyTorch 1.0 has none of the other modules' needs."""

import hashlib
import json
import sys

import torch


def contents(value):
    if torch.is_tensor(value):
        data = value.contiguous().numpy().tobytes()
        digest = hashlib.sha256(data).hexdigest()
        return {"dtype": str(value.dtype), "shape": list(value.shape), "sha256": digest}
    if isinstance(value, dict):
        return {"type": type(value).__name__, "items": [[key, contents(item)] for key, item in value.items()]}
    if isinstance(value, (list, tuple)):
        return {"type": type(value).__name__, "items": [contents(item) for item in value]}
    return value


def step(state):
    """Whether an optimizer takes a state and goes on with it."""
    shapes = {key: item["exp_avg"].shape for key, item in state["state"].items()}
    parameters = [torch.ones(shapes[key], requires_grad=True) for key in state["param_groups"][0]["params"]]
    if not hasattr(torch.optim, "AdamW"):
        # The reference cannot train before PyTorch 1.2, whose Adam counts steps in no tensors.
        torch.optim.Adam(parameters).load_state_dict(state)
        return True
    optimizer = torch.optim.AdamW(parameters)
    optimizer.load_state_dict(state)
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    return all(bool((parameter != 1).all()) for parameter in parameters)


def load(path, only):
    try:
        return torch.load(path, map_location="cpu", weights_only=only)
    except TypeError:
        # PyTorch before 1.13 does not know the question.
        return torch.load(path, map_location="cpu")


def judge(path):
    found = load(path, False)
    value = contents(found)
    safe = contents(load(path, True)) == value
    optimizers = [step(found[key]) for key in ("optim_g", "optim_d") if isinstance(found, dict) and key in found]
    return {"value": value, "safe": safe, "steps": optimizers}


print(json.dumps({"torch": torch.__version__, "files": [judge(path) for path in sys.argv[1:]]}))

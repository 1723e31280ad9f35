"""torchaudio's last release checks for the CUDA version of an older torch; on a CPU that is no matter."""

import torch

torch.version.cuda = None

import torchaudio  # noqa: E402  (after the check is taken away)

__all__ = ["torchaudio"]

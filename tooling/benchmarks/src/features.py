"""Log-mel spectrograms by librosa and PyTorch, float32, one thread; answers each contender's name with its seconds."""

import json
import sys
import time

import librosa
import numpy as np
import torch

torch.set_num_threads(1)
path, n_fft, hop, mels, rate, fmax = sys.argv[1], *map(int, sys.argv[2:])
audio = np.fromfile(path, dtype="<f4")
basis = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=mels, fmin=0, fmax=fmax)
pad = (n_fft - hop) // 2
torch_audio = torch.from_numpy(audio)[None]
torch_basis = torch.from_numpy(basis)
window = torch.hann_window(n_fft)


def by_librosa():
    padded = np.pad(audio, pad, mode="reflect")
    spectrum = librosa.stft(padded, n_fft=n_fft, hop_length=hop, center=False)
    magnitude = np.sqrt(spectrum.real**2 + spectrum.imag**2 + np.float32(1e-9))
    return np.log(np.maximum(basis @ magnitude, np.float32(1e-5)))


def by_torch():
    padded = torch.nn.functional.pad(torch_audio[None], (pad, pad), mode="reflect")[0]
    spectrum = torch.stft(padded, n_fft, hop, n_fft, window, center=False, return_complex=True)
    magnitude = torch.sqrt(torch.view_as_real(spectrum).pow(2).sum(-1) + 1e-9)
    return torch.log(torch.clamp(torch_basis @ magnitude, min=1e-5))[0].numpy()


contenders = {"librosa": by_librosa, "torch": by_torch}
for line in sys.stdin:
    cpu, wall = time.process_time(), time.perf_counter()
    mel = contenders[line.strip()]()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "mean": float(mel.mean())}), flush=True)

"""What can be known of the oracle without trusting it: published counts, shapes, folding, its two mels."""

import unittest

import numpy as np
import torch

from hifigan_reference.config import PRESETS, V1, V3
from hifigan_reference.discriminators import MultiPeriod, MultiScale, sigma
from hifigan_reference.generator import Generator
from hifigan_reference.hashed_state import load_hashed
from hifigan_reference.hashed_uniform import hashed_uniform
from hifigan_reference.mel_numpy import log_mel
from hifigan_reference.mel_torch import MelSpectrogram

COUNTS = {
    "v1": (13_936_130, 13_926_017), "v2": (928_514, 925_985), "v3": (1_464_322, 1_462_273),
}


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


class Oracle(unittest.TestCase):
    def test_published_parameter_counts(self):
        for name, (normed, folded) in COUNTS.items():
            generator = Generator(PRESETS[name])
            self.assertEqual(count(generator), normed)
            self.assertEqual(count(generator.fold()), folded)
        self.assertEqual(count(MultiPeriod()), 41_105_770)
        self.assertEqual(count(MultiScale()), 29_618_821)

    def test_folding_changes_nothing(self):
        generator = load_hashed(Generator(V3), gain=1.5).double()
        mel = torch.from_numpy(hashed_uniform("mel", (1, 80, 5), 4.0)).double()
        with torch.no_grad():
            before = generator(mel)
            after = generator.fold()(mel)
        self.assertEqual(tuple(before.shape), (1, 1, 5 * 256))
        self.assertLess(float((before - after).abs().max()), 1e-12)

    def test_scale_lengths(self):
        # Strides 1, 2, 2, 4, 4 of 8192, 4097 and 2049 samples.
        scores = [score.shape[1] for score, _ in MultiScale()(torch.zeros(1, 1, 8192))]
        self.assertEqual(scores, [128, 65, 33])

    def test_spectral_norm_iterates_once_a_training_forward(self):
        scale = load_hashed(MultiScale(), "msd.").double().discriminators[0]
        layer = scale.convs[6]
        weight = layer.weight_orig.detach().flatten(1).numpy()
        u = layer.weight_u.numpy().copy()
        v = weight.T @ u
        v /= np.linalg.norm(v)
        u = weight @ v
        u /= np.linalg.norm(u)
        audio = torch.from_numpy(hashed_uniform("audio", (1, 1, 512), 0.5)).double()
        with torch.no_grad():
            scale(audio)
            np.testing.assert_allclose(layer.weight_u.numpy(), u, atol=1e-12)
            np.testing.assert_allclose(float(sigma(layer)), u @ weight @ v, rtol=1e-12)
            scale.eval()(audio)
        np.testing.assert_allclose(layer.weight_u.numpy(), u, atol=1e-12)

    def test_both_mels_agree(self):
        audio = hashed_uniform("audio", (5000,), 0.5)
        for fmax in ("fmax", "fmax_for_loss"):
            module = MelSpectrogram(V1, fmax, torch.float64)
            result = module(torch.from_numpy(audio).double()[None])[0].T.numpy()
            self.assertEqual(result.shape, (19, 80))
            np.testing.assert_allclose(result, log_mel(audio, V1, fmax), atol=1e-9)


if __name__ == "__main__":
    unittest.main()

"""Losses of a training step (least squares GAN, feature matching, mel)."""

MEL_WEIGHT, FEATURE_WEIGHT = 45, 2


def discriminator_loss(real, generated):
    """Over (score, maps) of each sub-discriminator."""
    return sum(
        (1 - r).square().mean() + g.square().mean() for (r, _), (g, _) in zip(real, generated)
    )


def generator_loss(generated):
    return sum((1 - score).square().mean() for score, _ in generated)


def feature_loss(real, generated):
    return FEATURE_WEIGHT * sum(
        (r - g).abs().mean()
        for (_, real_maps), (_, maps) in zip(real, generated)
        for r, g in zip(real_maps, maps)
    )


def mel_loss(real, generated):
    return MEL_WEIGHT * (real - generated).abs().mean()

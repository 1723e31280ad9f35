"""The three published configurations, as the reference's JSON keys."""

_COMMON = {
    "batch_size": 16, "learning_rate": 0.0002, "adam_b1": 0.8, "adam_b2": 0.99,
    "lr_decay": 0.999, "seed": 1234, "segment_size": 8192, "num_mels": 80, "n_fft": 1024,
    "hop_size": 256, "win_size": 1024, "sampling_rate": 22050, "fmin": 0, "fmax": 8000,
    "fmax_for_loss": None,
}
V1 = {
    **_COMMON, "resblock": "1", "upsample_rates": [8, 8, 2, 2],
    "upsample_kernel_sizes": [16, 16, 4, 4], "upsample_initial_channel": 512,
    "resblock_kernel_sizes": [3, 7, 11], "resblock_dilation_sizes": [[1, 3, 5]] * 3,
}
V2 = {**V1, "upsample_initial_channel": 128}
V3 = {
    **_COMMON, "resblock": "2", "upsample_rates": [8, 8, 4],
    "upsample_kernel_sizes": [16, 16, 8], "upsample_initial_channel": 256,
    "resblock_kernel_sizes": [3, 5, 7], "resblock_dilation_sizes": [[1, 2], [2, 6], [3, 12]],
}
PRESETS = {"v1": V1, "v2": V2, "v3": V3}

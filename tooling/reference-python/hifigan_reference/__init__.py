"""Our own HiFi-GAN in PyTorch and numpy: the oracle that the TypeScript packages are measured against."""

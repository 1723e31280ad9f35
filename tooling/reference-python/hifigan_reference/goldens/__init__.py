"""Everything under `packages/*/src/fixtures` that was computed here, by package."""

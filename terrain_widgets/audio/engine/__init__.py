"""The engine: places in, sound out, block by block, the same live and offline."""

"""Training a terrain: the loop, optimizers, schedule, batches, dataset, metrics."""

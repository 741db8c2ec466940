"""Table rows. Only the storage floor may import this package."""

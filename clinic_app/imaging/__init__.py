"""Second floor: what is done to pictures."""

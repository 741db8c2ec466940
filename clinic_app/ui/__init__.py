"""Top floor: what is seen and clicked."""

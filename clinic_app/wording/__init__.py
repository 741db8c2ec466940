"""Second floor: codes and values to sentences."""

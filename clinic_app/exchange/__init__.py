"""Second floor: files in and out."""

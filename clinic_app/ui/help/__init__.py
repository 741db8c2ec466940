"""Help: chapters to read, offline."""

"""The window that introduces the rooms to each other."""

"""Backups, trying to restore one, and checking the record."""

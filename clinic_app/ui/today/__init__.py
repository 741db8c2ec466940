"""The area Today: what now, on one screen."""

"""Dystonia Case Tracker: follow-up schedule, photographs and injection record of one clinic."""

__version__ = "0.1.0"

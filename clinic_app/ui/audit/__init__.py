"""The audit: who did what, narrowed, verified, taken out; introduced to the window by ``shell``."""

"""Crashes, power cuts, full disks, flipped bits and several programs at once, on the real thing.

Each test has two sizes: that of the acceptance table (``CLINIC_CRASH_TESTS=full``) and a smaller one for every run of
the suite; ``tests/crash/amounts.py`` names both.
"""

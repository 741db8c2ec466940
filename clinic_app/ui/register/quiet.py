"""Work on very large tables without long pauses of the window."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_pauses() -> Iterator[None]:
    """Do not look for garbage meanwhile, and leave alone afterwards what was made.

    A register of 50 000 rows is millions of small values. Python looks through all of them for garbage again and
    again, in whatever thread, and everything waits: up to 1.1 s, measured. What was
    made goes with its last reference all the same; only circles would stay, and a register has none.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()

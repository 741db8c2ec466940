"""Numbers as people read them: ``38 683``."""

from __future__ import annotations

from decimal import Decimal

SPACE = "\u202f"
"""Narrow, and it does not break."""


def number_words(count: int | Decimal) -> str:
    """``38 683``: groups of three with a narrow space between them; trailing zeros of a ``Decimal`` are left out."""
    whole = f"{count:,}" if isinstance(count, int) else f"{count.normalize():,f}"
    return whole.replace(",", SPACE)

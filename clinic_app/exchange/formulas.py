"""Text that a spreadsheet program would run as a formula, and what it is written as so that it does not.

The rule is OWASP's on formula injection, with the full-width forms that some programs take for the same.
"""

from __future__ import annotations

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Characters no spreadsheet cell may hold (XML 1.0)."""

XML_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How XLSX writes a character that XML would lose (ECMA-376, ST_Xstring)."""

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet program run a text cell (OWASP), the full-width forms included."""


def unguarded(text: str) -> str:
    """The text of a CSV cell without the quote that our own writing put before it."""
    if text.startswith("'") and (text[1:2] == "'" or starts_formula(text[1:])):
        return text[1:]
    return text


def guarded(text: str) -> str:
    """The text with a quote before it where a spreadsheet program would run it; ``unguarded`` takes it off again."""
    if starts_formula(text) or (text.startswith("'") and (text[1:2] == "'" or starts_formula(text[1:]))):
        return "'" + text
    return text


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet program could take the text for a formula."""
    return text[:1] in FORMULA_STARTS or text.lstrip()[:1] in FORMULA_STARTS if text else False

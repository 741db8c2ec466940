"""Recovery codes: 128 random bits a person can print, keep in a safe and type back years later."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, field

from clinic_app.domain.errors import AccessRefused

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""
LENGTH = 28
LOOKS_ALIKE, LONGEST_GROUP = 4, 6
"""By how many characters a code that was mistyped may be too long or too short, and how long its groups may be."""
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_PRIME = 1021


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """A code of 26 characters and 2 check characters; ``secret`` is its 16 bytes. Does not show in ``repr``.

    The whole number is 1 modulo the prime 1021, so every single wrong character and every two neighbours changed
    about are noticed before the slow key derivation runs; any other slip with probability 1020/1021.
    """

    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The code as printed: seven groups of four."""
        value = int.from_bytes(self.secret, "big")
        number = value * 1024 + (1 - value * 1024) % _PRIME
        letters = "".join(LETTERS[number >> shift & 31] for shift in range((LENGTH - 1) * 5, -1, -5))
        return "-".join(letters[at : at + 4] for at in range(0, LENGTH, 4))


def new_recovery_code() -> RecoveryCode:
    """A code nobody has seen."""
    return RecoveryCode(secrets.token_bytes(16))


def slip_in(text: str) -> AccessRefused | None:
    """What is wrong with a recovery code that was typed with a slip of the pen; None for what does not look like one:
    groups of about four letters and digits, about as long as a code.
    """
    groups = unicodedata.normalize("NFKC", text).strip().replace("-", " ").split()
    letters = "".join(groups)
    alike = len(groups) == 1 or all(len(group) <= LONGEST_GROUP for group in groups)
    if not (alike and letters.isalnum() and abs(len(letters) - LENGTH) <= LOOKS_ALIKE):
        return None
    if not any(letter.isdigit() for letter in letters):
        return None
    try:
        read_recovery_code(text)
    except AccessRefused as refusal:
        return refusal
    return None


def read_recovery_code(text: str) -> RecoveryCode:
    """The code in what was typed: small letters, O for 0, I or L for 1, spaces and dashes are all taken.

    Raises ``AccessRefused``: ``recovery_code_length``, ``recovery_code_character`` or ``recovery_code_typo``.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_READ_AS)
    letters = [letter for letter in plain if not (letter.isspace() or unicodedata.category(letter) == "Pd")]
    for letter in letters:
        if letter not in LETTERS:
            raise AccessRefused("recovery_code_character", character=letter)
    if len(letters) != LENGTH:
        raise AccessRefused("recovery_code_length", have=len(letters), need=LENGTH)
    number = 0
    for letter in letters:
        number = number * 32 + LETTERS.index(letter)
    value = number >> 10
    if number % _PRIME != 1 or value >> 128 or (number & 1023) >= _PRIME:
        raise AccessRefused("recovery_code_typo")
    return RecoveryCode(value.to_bytes(16, "big"))

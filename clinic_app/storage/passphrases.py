"""What may be a passphrase, and a generator that offers one."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence

from clinic_app.domain.errors import RuleBroken

SHORTEST, LONGEST = 15, 1024
"""Characters after NFKC (NIST SP 800-63B-4: at least 15 where it is the only factor)."""
_LEFT_OVER = 8

COMMON = frozenset(
    [
        "passwordpassword",
        "passwordpassword1",
        "password12345678",
        "password123456789",
        "password1234567890",
        "thisismypassword",
        "thisisapassword",
        "thisismypassphrase",
        "thisisapassphrase",
        "mypasswordismypassword",
        "mysecretpassword",
        "mysecurepassword",
        "myclinicpassword",
        "clinicpassword123",
        "hospitalpassword",
        "hospital123456789",
        "letmeinletmeinletmein",
        "letmeinplease123",
        "iloveyouiloveyou",
        "iloveyouforever",
        "iloveyousomuch1",
        "qwertyuiopasdfgh",
        "qwertyuiopasdfghjkl",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertyuiop123456",
        "qwertyuiop12345",
        "qwertyuiop1234567890",
        "1234567890qwertyuiop",
        "1q2w3e4r5t6y7u8i9o0p",
        "1qaz2wsx3edc4rfv",
        "1qaz2wsx3edc4rfv5tgb",
        "qazwsxedcrfvtgb",
        "zaq12wsxcde34rfv",
        "asdfghjklqwertyuiop",
        "asdfghjkl1234567",
        "zxcvbnmasdfghjkl",
        "abcdefghijklmno",
        "abcdefghijklmnop",
        "abcdefghijklmnopqrstuvwxyz",
        "abcdefgh12345678",
        "abc123abc123abc123",
        "123456789012345",
        "1234567890123456",
        "12345678901234567890",
        "123456789123456789",
        "0123456789012345",
        "9876543210987654",
        "987654321987654321",
        "098765432109876",
        "012345678901234",
        "administrator123",
        "administratoradministrator",
        "changemechangeme",
        "changeme12345678",
        "trustno1trustno1",
        "welcomewelcome123",
        "welcome123456789",
        "dystoniadystonia",
        "dystoniaclinic123",
        "dystoniaclinic1",
        "botulinumtoxina",
        "botulinumtoxin1",
        "botulinumtoxin",
        "botoxbotoxbotox",
        "botoxclinic12345",
        "dystoniacasetracker",
        "dystoniacasetracker1",
        "neurologyneurology",
        "neurologyclinic1",
        "movementdisorders",
        "movementdisorder",
        "movementdisorderclinic",
        "blepharospasm123",
        "cervicaldystonia",
        "tobeornottobethatisthequestion",
        "maytheforcebewithyou",
        "opensesameopensesame",
        "jesuschristislord",
        "omnamahshivaya1234",
        "jaishreeramjaishreeram",
        "harekrishnaharekrishna",
        "bharatmatakijai",
        "iamthekingoftheworld",
        "thequickbrownfox",
        "thequickbrownfoxjumpsoverthelazydog",
        "supercalifragilisticexpialidocious",
    ]
)


def normalised(passphrase: str) -> str:
    """The passphrase as it enters the key derivation: NFKC, so that every keyboard makes the same bytes."""
    return unicodedata.normalize("NFKC", passphrase)


def check_passphrase(passphrase: str, *, user: str = "", clinic_name: str = "") -> None:
    """Refuse a passphrase that is too short, too long, common, or little more than names everyone here knows.

    Any character is allowed and no mixture asked for. Raises ``RuleBroken("passphrase", ...)`` with
    ``passphrase_short``, ``passphrase_long``, ``passphrase_common`` or ``passphrase_named``.
    """
    text = normalised(passphrase)
    if len(text) < SHORTEST:
        raise RuleBroken("passphrase", "passphrase_short", have=len(text), need=SHORTEST)
    if len(text) > LONGEST:
        raise RuleBroken("passphrase", "passphrase_long", have=len(text), most=LONGEST)
    bare = _bare(text)
    if bare in COMMON or bare.rstrip("0123456789") in COMMON or _repeats(text.casefold()):
        raise RuleBroken("passphrase", "passphrase_common")
    rest = bare
    for name in (clinic_name, user):
        for word in (_bare(name), *map(_bare, name.split())):
            if len(word) > 2:
                rest = rest.replace(word, "")
    if rest != bare and len(rest.strip("0123456789")) < _LEFT_OVER:
        raise RuleBroken("passphrase", "passphrase_named")


def suggest_passphrase(words: Sequence[str], count: int = 5) -> str:
    """A random passphrase of ``count`` of ``words`` (at least 1,024 different ones: 10 bits each) between spaces."""
    different = sorted(set(words))
    if len(different) < 1024:
        raise ValueError(f"a list of {len(different)} words is too short to draw a passphrase from")
    while True:
        passphrase = " ".join(secrets.choice(different) for _ in range(count))
        if len(passphrase) >= SHORTEST:
            return passphrase


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def _repeats(text: str) -> bool:
    return (text + text).find(text, 1) <= len(text) // 2 or len(set(text)) < 5

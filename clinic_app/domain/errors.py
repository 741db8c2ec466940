"""Errors as values: a code and its parameters, sorted by who can mend them.

``wording.sentences.sentence_of`` makes the sentence, for the window and the command line alike.
"""

from __future__ import annotations


class ClinicError(Exception):
    """Something went wrong that the program knows by name.

    ``code`` names the sentence in ``wording``; ``params`` fill its blanks.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class RuleBroken(ClinicError):
    """What was entered breaks a rule of the clinic; shown beside ``field``."""

    def __init__(self, field: str, code: str, **params: object) -> None:
        super().__init__(code, **params)
        self.field = field


class NotFound(ClinicError):
    """The thing asked for is not there (any more); the screen reads again."""


class Conflict(ClinicError):
    """Somebody else changed it in the meantime; the screen reads again."""


class FileRefused(ClinicError):
    """A file from outside was not taken; ``path`` names it in the sentence."""

    def __init__(self, code: str, path: str, **params: object) -> None:
        super().__init__(code, path=path, **params)
        self.path = path


class StorageUnavailable(ClinicError):
    """The disk, the folder or the database cannot be used now; *Try again* may help."""


class AccessRefused(ClinicError):
    """The passphrase or recovery code opens no slot."""


class DamageFound(ClinicError):
    """Stored data fail their integrity check; nothing of it is shown."""


class Cancelled(ClinicError):
    """The user stopped a long job; nothing of the running step was kept."""

    def __init__(self) -> None:
        super().__init__("cancelled")

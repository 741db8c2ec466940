"""Words of the copy of one patient's record."""

from __future__ import annotations

from datetime import datetime

from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "copy_exists": "“{path}” is there already. Choose another name for the copy of the record.",
    "copy_folder_not_empty": "The folder “{path}” is not empty. Choose a new folder for the copy of the record.",
    "copy_left_behind": (
        "The copy of the record could not be finished, and parts of it could not be removed from “{path}”. They are not "
        "encrypted: delete them there yourself."
    ),
}
WARNING = (
    "These files are not encrypted: whoever has the folder can read the record and see the face. Give it to the "
    "patient only, on a medium of their own, and delete it from this computer."
)

PHOTOS = (
    "Photos stand as the clinic sees them, turned where it turned them. They are whole: nothing is hidden in them, also "
    "not what the clinic hides in pictures for others, and nothing is drawn on them; what was drawn stands in a list."
)


def plain_warning() -> str:
    """What is said of files that are not encrypted."""
    return translate(WARNING)


def copy_lines(clinic: str, at: datetime, by: str) -> tuple[str, ...]:
    """Where the copy comes from."""
    words = translate("Copy of the whole record, made at {clinic} on {at} by {by}.")
    return (words.format(clinic=clinic, at=moment_words(at), by=by), translate(PHOTOS))

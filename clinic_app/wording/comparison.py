"""Words for what leaves the program while photographs are compared."""

from __future__ import annotations

from collections.abc import Sequence

from clinic_app.wording.language import translate

MESSAGES = {
    "picture_file_name": "“{name}” cannot be the name of a file. Leave out folders and slashes.",
    "picture_folder_relative": "Give the whole path of a folder, or choose one.",
}


def copy_warning() -> str:
    """What is said before a comparison is copied."""
    return translate(
        "The face can be recognised. Whatever program you paste it into keeps it, and nothing here can call it back. "
        "Use it for the clinic’s own record only: consent for teaching or publication is not checked yet."
    )


def saved_warning() -> str:
    """What is said before a picture of a comparison is saved."""
    return translate(
        "The file is not encrypted and the face can be recognised. It holds the pixels and the labels, no name and no "
        "data of the camera. Use it for the clinic’s own record only: consent for teaching or publication is not "
        "checked yet. The audit notes that it was saved."
    )


def print_warning() -> str:
    """What is said before a comparison is printed."""
    return translate(
        "The face can be recognised on paper, and a PDF file is not encrypted. Use it for the clinic’s own record "
        "only: consent for teaching or publication is not checked yet. The audit notes that it was printed."
    )


def alone_words(there: Sequence[str], missing: Sequence[str]) -> str:
    """What is said where a photograph cannot be shown when the others leave; by letter."""
    words = translate("Only {there} is in it: {missing} cannot be shown.")
    if len(there) > 1:
        words = translate("Only {there} are in it: {missing} cannot be shown.")
    return words.format(there=" + ".join(there), missing=" + ".join(missing))


def unmirrored_words() -> str:
    """What is said where photographs are seen as in a mirror when they leave."""
    return translate("You see the photos as in a mirror. The picture shows them as they were taken, not mirrored.")

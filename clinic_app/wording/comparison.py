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


def hidden_in_words(hidden: Sequence[str], seen: Sequence[str]) -> str:
    """In which of the photographs that leave, by letter, parts are hidden: ``Hidden parts: in B only.``"""
    if not hidden:
        return translate("Nothing is hidden.")
    *others, last = hidden
    words = translate("{letters} and {last}").format(letters=", ".join(others), last=last) if others else last
    if len(hidden) == len(seen):
        return translate("Hidden parts: in {letters}.").format(letters=words)
    return translate("Hidden parts: in {letters} only.").format(letters=words)


def through_words(hidden: Sequence[str]) -> str:
    """What photographs that lie over each other show of what is hidden in only one of them, ``hidden`` by letter."""
    if len(hidden) != 1:
        return translate("Where only one photo is hidden, the other shows through.")
    other = "B" if hidden[0] == "A" else "A"
    return translate("{other} shows through where {letter} is hidden.").format(other=other, letter=hidden[0])


def unmirrored_words() -> str:
    """What is said where photographs are seen as in a mirror when they leave."""
    return translate("You see the photos as in a mirror. The picture shows them as they were taken, not mirrored.")

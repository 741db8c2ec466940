"""Words for keys that are chosen."""

from __future__ import annotations

from clinic_app.wording.language import translate

MESSAGES = {
    "key_unknown": "This key cannot be used. Press another one.",
    "key_fixed": "The keys of “{command}” cannot be changed.",
    "key_kept": "{key} means the same everywhere in the program. Press another key.",
    "key_menus": "{key} may open a menu of the window. Press another key.",
    "key_reserved": "{key} belongs to the window: “{use}”. Press another key.",
    "key_held": "{key} belongs to “{command}” and cannot be changed. Press another key.",
    "key_taken": "{key} belongs to “{command}” now.",
    "key_too_many": "A command has {most} keys at most.",
}


def not_held_words() -> str:
    """What is said where kept keys could not be used."""
    return translate(
        "Some keys you chose for the viewer could not be used and are as usual. Settings, Keyboard sets them."
    )

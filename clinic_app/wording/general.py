"""Sentences that belong to no noun of the clinic."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "cancelled": "Stopped. What was finished before is kept; nothing of the running step was saved.",
    "no_room": "The disk is full. Make some space on it and try again; nothing that was saved before is lost.",
    "file_not_there": "The file “{path}” is not there any more. Look for it and try again.",
    "file_not_allowed": "This computer does not allow the program to use “{path}”. Check who may read and write it.",
    "file_trouble": "The computer could not read or write “{path}” ({reason}). Check the disk and try again.",
    "not_known_here": "This was refused ({code}: {params}).",
    "our_mistake": "The program made a mistake of its own ({kind}). Nothing of the last step was saved; what was saved "
    "before is safe.",
}

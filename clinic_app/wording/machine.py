"""Sentences about this computer: folders, files, the lock and the preference file."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "folder_is_a_file": "“{path}” is a file, not a folder. Choose a folder for the clinic's data.",
    "folder_not_writable": "Nothing can be written into the folder “{path}”. Choose another folder, or ask whoever "
    "looks after this computer for the right to write there.",
    "folder_on_network": "The folder “{path}” lies on a network drive. The clinic's data must lie on a disk of this "
    "computer, because a lost connection would damage them; backups may go to the network.",
    "folder_full": "The disk that holds “{path}” is full. Make some space on it and try again.",
    "folder_in_use": "The clinic in “{path}” is already open in another window on this computer. Use that window, "
    "or close it first.",
    "folder_synced": "The folder “{path}” is copied to the internet by {service}. Copying a database while it is in "
    "use can damage it; choose a folder that is not synchronised.",
    "preferences_unreadable": "The settings of this computer could not be read, so the usual ones are used. The old "
    "file was kept as “{kept}”.",
    "preferences_value": "The setting “{name}” of this computer holds a value the program does not know; the usual one "
    "is used.",
}

"""Sentences about who may do what, and what is shown of a record that is protected."""

from __future__ import annotations

from collections.abc import Iterable

from clinic_app.domain.access import Action, who_may
from clinic_app.domain.people import Role
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence

ACTIONS: dict[Action, str] = {
    Action.FIND: "Finding patients",
    Action.SEE_RECORD: "Seeing diagnosis, doses and plan",
    Action.SEE_PHOTOS: "Seeing photographs",
    Action.SEE_RESTRICTED: "Seeing a restricted patient",
    Action.REGISTER: "Changing personal details, calls and bookings",
    Action.EDIT_RECORD: "Changing diagnosis and plan",
    Action.ADD_PHOTOS: "Adding and sorting photographs",
    Action.DRAFT_INJECTION: "Recording an injection",
    Action.SIGN_INJECTION: "Finalising an injection, or correcting one that was finalised",
    Action.EDIT_UNSIGNED: "Correcting an injection that is not finalised",
    Action.DELETE: "Deleting from the record",
    Action.RESTORE: "Restoring what was deleted",
    Action.PURGE: "Destroying a record for good",
    Action.IMPORT: "Importing a register",
    Action.MERGE: "Merging two patients",
    Action.EXPORT_DEIDENTIFIED: "Exporting without names",
    Action.EXPORT_IDENTIFIABLE: "Exporting names or photographs",
    Action.PRINT: "Printing",
    Action.MANAGE: "Changing users, settings and protection",
    Action.BACK_UP: "Making a backup",
    Action.RESTORE_BACKUP: "Restoring a backup",
    Action.SEE_AUDIT: "Reading the audit",
    Action.EXPORT_AUDIT: "Exporting the audit",
    Action.ROTATE_KEYS: "Making new recovery codes",
    Action.REVIEW_EMERGENCIES: "Reviewing emergency openings",
}
ROLES: dict[Role, str] = {
    Role.NURSE: "nurses",
    Role.DOCTOR: "doctors",
    Role.ADMIN: "administrators",
    Role.READ_ONLY: "readers",
}
RESTRICTED_PATIENT = "Restricted patient"

MESSAGES: dict[str, str] = {
    "not_allowed": "{what} is for {who}; {user} may not. Ask one of them, or let one of them sign in.",
    "reason_needed": "{what} needs a reason. Say why in a few words; the audit keeps it.",
    "sign_in_again": "{what} needs your passphrase once more. Enter it again; it then holds for five minutes.",
    "second_person_needed": (
        "{what} needs a second person ({who}). Let somebody else who may do it enter their own passphrase."
    ),
    "emergency_needed": (
        "This record is closed to {user}. Use Emergency open, with your passphrase and a reason: it shows this patient "
        "for 30 minutes, and doctors and administrators are told."
    ),
    "second_person_same": "The second person must be somebody else than {user}.",
    "second_person_unknown": "Nobody called {user} works here now. Choose the second person from the list.",
    "emergency_reason_short": (
        "The reason has {have} characters; an emergency opening needs at least {need}. Say what happened."
    ),
    "emergency_not_needed": "This record is open to you already. Open it as usual.",
    "emergency_missing": "This emergency opening is not in the list any more. Read the list again.",
    "emergency_acknowledged": "{name} has acknowledged this emergency opening already.",
    "own_emergency": "Your own emergency opening is acknowledged by somebody else: another doctor or administrator.",
    "export_by_command": "Exported on the command line.",
    "access_reason_missing": "Say why; the reason is kept with the change.",
}


def action_words(action: Action) -> str:
    """An action as the beginning of a sentence."""
    return translate(ACTIONS[action])


def roles_words(roles: Iterable[Role]) -> str:
    """Roles as those people: *nurses, doctors and administrators*."""
    *first, last = (translate(ROLES[role]) for role in roles)
    return translate("{first} and {last}").format(first=", ".join(first), last=last) if first else last


def not_allowed_words(action: Action, user: str) -> str:
    """That an action is not open to who works, and to whom it is."""
    return sentence("not_allowed", {"what": action_words(action), "who": roles_words(who_may(action)), "user": user})


def restricted_name() -> str:
    """What stands in a list in the place of the name of a restricted patient."""
    return translate(RESTRICTED_PATIENT)

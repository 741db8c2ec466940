"""Sentences about the people who work with the program: signing in, passphrases, PINs, roles."""

from __future__ import annotations

from collections.abc import Iterable

from clinic_app.domain.people import Person, Role
from clinic_app.wording.language import translate

ROLES: dict[Role, str] = {
    Role.NURSE: "Nurse",
    Role.DOCTOR: "Doctor",
    Role.ADMIN: "Administrator",
    Role.READ_ONLY: "Reader",
}
ROLE_DUTIES: dict[Role, str] = {
    Role.NURSE: "Patients, calls, bookings, photographs; drafts injections; imports registers",
    Role.DOCTOR: "As a nurse; also finalises injections, merges, deletes with a reason, exports",
    Role.ADMIN: "People, settings, backups, the audit; sees records and photographs in an emergency only",
    Role.READ_ONLY: "Looks, changes nothing; photographs with a reason",
}

MESSAGES: dict[str, str] = {
    "wait_before_trying": "Too many wrong passphrases for {user}. Wait {seconds} seconds, then try again.",
    "wait_here": "Too many wrong passphrases. Wait {seconds} seconds, then try again.",
    "too_many_tries_here": (
        "{most} wrong passphrases in a row were tried. Another administrator can make a one-time code under People, or "
        "use a recovery code."
    ),
    "too_many_tries": (
        "{most} wrong passphrases in a row were tried for {user}. Another administrator can make a one-time code under "
        "People, or use a recovery code."
    ),
    "user_disabled": "{user} may not sign in any more. Ask an administrator to let {user} in again under People.",
    "user_missing": "This person is not on the list any more. Look at the list again.",
    "user_name_taken": "Somebody is called {name} already. Add something that tells the two apart.",
    "user_name_characters": "The name holds signs that cannot be shown. Type it anew.",
    "user_active": "{user} may sign in already.",
    "roles_missing": "Choose at least one role.",
    "last_admin": "At least one active administrator with a passphrase has to stay. Make somebody else administrator first.",
    "disable_yourself": "You cannot take away your own access. Ask another administrator to do it.",
    "reset_yourself": "You are signed in: change your passphrase instead.",
    "passphrase_same": "The new passphrase is the old one. Choose another.",
    "must_choose_passphrase": "You came in with a code. Choose a new passphrase first; nothing else can be done before.",
    "nothing_to_choose": "No code was used to sign in. Change your passphrase under People instead.",
    "admin_not_named": "The recovery code is right. Say as which administrator you go on: {admins}.",
    "not_an_admin": "{user} is not an active administrator here. With a recovery code one of these is meant: {admins}.",
    "no_admin_here": "Nobody in this clinic is an active administrator. Restore a backup in which somebody is.",
    "pin_digits": "A PIN has {need} digits.",
    "pin_simple": "This PIN is among the first that are tried. Choose six digits that do not just repeat or count.",
    "pin_not_set": "{user} has no PIN since the program was started. Use the passphrase.",
    "pin_expired": "The PIN of {user} held for {hours} hours. Use the passphrase.",
    "pin_wrong": "The PIN is not right; {left} more tries.",
    "pin_gone": "The PIN was wrong {tries} times. All PINs are gone: the passphrase is needed.",
    "hard_lock_slept": "The computer was asleep: the clinic was closed. Sign in with your passphrase.",
    "hard_lock_long_day": "Twelve hours have passed since the passphrase was typed. Sign in with it again.",
    "hard_lock_code": "That was a one-time code. Type it here once more, then choose a passphrase.",
    "slots_too_many": (
        "The key file names {have} passphrases of {user}: it was changed from outside. Restore vault.json from a backup."
    ),
    "vault_busy": "Another program is writing to the key file {path}. Wait a moment and try again.",
}


SINGULARS: dict[str, tuple[str, str]] = {
    "wait_before_trying": (
        "seconds",
        "Too many wrong passphrases for {user}. Wait {seconds} second, then try again.",
    ),
    "wait_here": ("seconds", "Too many wrong passphrases. Wait {seconds} second, then try again."),
    "pin_wrong": ("left", "The PIN is not right; {left} more try."),
}
"""Code -> what is counted, and the sentence for one of it."""


def role_words(roles: Iterable[Role]) -> str:
    """Roles of one person: *Administrator, Doctor*."""
    return ", ".join(sorted(translate(ROLES[role]) for role in roles))


def person_state(person: Person) -> str:
    """Whether somebody may sign in, in a few words."""
    if not person.active:
        return translate("may not sign in")
    if person.reset_open:
        return translate("has a one-time code")
    if not person.has_passphrase:
        return translate("has no passphrase: make a one-time code")
    return translate("active")

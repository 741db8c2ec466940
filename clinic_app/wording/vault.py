"""Sentences about the vault, the database file and the picture store."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "passphrase_short": "The passphrase has {have} characters; it needs at least {need}. Five ordinary words do well.",
    "passphrase_long": "The passphrase has {have} characters; at most {most} are taken.",
    "passphrase_common": (
        "This passphrase is on the lists that are tried first. Choose other words, or take the suggested ones."
    ),
    "passphrase_named": (
        "This passphrase is little more than the name of the clinic or of the user. Add words nobody would guess."
    ),
    "demo_passphrase": "A demo clinic opens without a passphrase; none can be chosen for it.",
    "user_name_length": "Enter a name to sign in with, of 1 to {most} characters.",
    "vault_exists": "The folder {folder} already holds clinic data. Open it, or choose an empty folder.",
    "vault_missing": (
        "There is no clinic data in {folder} (vault.json is missing). Choose the right folder, or restore a backup."
    ),
    "vault_gone": (
        "The key file vault.json of the clinic in {folder} is missing; without it the data cannot be opened. Put "
        "vault.json or vault.json.bak back beside clinic.db (from a backup, or from where the folder was copied from). "
        "Do not make a new clinic here."
    ),
    "vault_damaged": (
        "The key file {path} and its copy vault.json.bak are both damaged; without one of them the data cannot be "
        "opened. Do not make a new clinic here and delete nothing. Every backup holds a vault.json, in its newest folder "
        "under snapshots: copy it beside clinic.db, then sign in as an admin or with a recovery code. Or bring the whole "
        "clinic back from the backup."
    ),
    "vault_newer": (
        "The key file {path} was written by a newer version of the program (form {needs}; this one knows {knows}). "
        "Nothing was changed. Install the newer version on this computer too; an older one cannot open the clinic any "
        "more."
    ),
    "vault_copy_used": "The key file vault.json was missing or damaged; its copy was used. Make a backup now.",
    "vault_copy_differs": (
        "The copy of the key file (vault.json.bak) is missing or out of date; it will be written anew."
    ),
    "vault_mended": (
        "The key file vault.json was damaged. It was written anew from its copy; the damaged one is kept beside it as "
        "{aside}. A disk that damages one file may damage others: check the data, and make a backup now."
    ),
    "vault_rewritten": (
        "The key file vault.json was missing. It was written anew from its copy. Check the data, and make a backup now."
    ),
    "vault_copy_rewritten": (
        "The copy of the key file (vault.json.bak) was missing, damaged or out of date; it was written anew."
    ),
    "vault_exchanged": (
        "The key file in {folder} is no longer the one that was opened: somebody, or another program, put another in "
        "its place. Nothing was written. Close the program, ask who copied or restored something there, and open the "
        "clinic again."
    ),
    "vault_is_demo": (
        "This is the demo clinic: it has no passphrase of its own and cannot become a real clinic. Create a "
        "new clinic instead."
    ),
    "vault_not_demo": "This is the data of a real clinic, not the demo; it opens with a passphrase only.",
    "wrong_passphrase": "The passphrase is not right. Check capital letters and the keyboard language, and try again.",
    "wrong_recovery_code": (
        "The recovery code is well formed but does not belong to this clinic. Look for the sheet of this clinic."
    ),
    "recovery_code_length": "A recovery code has {need} characters; {have} were entered.",
    "recovery_code_character": (
        "The character {character} does not occur in a recovery code. Compare with the printed sheet."
    ),
    "recovery_code_typo": "The recovery code has a typing mistake. Compare it with the printed sheet, group by group.",
    "unknown_user": (
        "Nobody called {user} has a passphrase here. Check the name; after a backup was restored, who is no administrator "
        "gets a new passphrase from one, under People."
    ),
    "user_not_named": "Several people can sign in here ({users}). Say who you are.",
    "slot_limits": (
        "The key file was changed from outside: it asks for less or far more computing than is safe ({mebibytes} MiB, "
        "{passes} passes, {lanes} lanes). Copy vault.json from the newest backup beside clinic.db."
    ),
    "slot_missing": "This way of signing in has been removed in the meantime.",
    "last_slot": "This is the last passphrase that opens the clinic; it cannot be removed.",
    "kdf_fast_refused": (
        "CLINIC_KDF_FAST is for tests from the source code; the installed program does not start with it. "
        "Remove the setting."
    ),
    "memory_short": "There is not enough memory (about {mebibytes} MiB needed). Close other programs and try again.",
    "disk_full": "The drive {drive} is full. Nothing was half-saved; make at least {mebibytes} MiB free and try again.",
    "read_only": (
        "{path} cannot be written. Check the permissions of the folder, or whether the drive is write-protected."
    ),
    "folder_missing": "{path} was not found. Check that the drive is connected and the folder still exists.",
    "disk_io": "The drive reported an error at {path}. {reason} Check the drive and the cable, then try again.",
    "clinic_unfinished": (
        "Making the clinic in {path} was interrupted before anything was entered. Move this folder away, then make the "
        "clinic anew."
    ),
    "database_missing": (
        "The database {path} is missing; no empty one was made in its place. If it was moved, put it back; else bring the "
        "clinic back from a backup."
    ),
    "database_plaintext": (
        "The database {path} is not encrypted, so it is not the one this program wrote. It was not opened, and nothing "
        "was written to it. Bring the clinic back from a backup."
    ),
    "database_newer": (
        "The database {path} was written by a newer version of the program (form {needs}; this one knows {knows}). "
        "Nothing was changed. Install the newer version on this computer too; an older one cannot open the clinic any "
        "more."
    ),
    "database_damaged": (
        "The database {path} is damaged. Your passphrase is right. Delete nothing: bring the clinic back from a backup; "
        "the damaged data are kept beside it."
    ),
    "database_locked": "Another program is writing to the database {path}. Wait a moment and try again.",
    "database_gone": (
        "The database {path} was taken away while it was open: nothing was saved just now. Connect its drive again or "
        "put it back, then open the clinic again; what was entered before is kept."
    ),
    "database_unopenable": "The database {path} cannot be opened. Check that the folder is there and may be written.",
    "cipher_missing": (
        "The database driver of this installation cannot encrypt. Install the program anew; nothing was opened."
    ),
    "sqlite_too_old": (
        "The database driver of this installation ({have}) has a known fault that can damage data; at least "
        "{needs} is needed. Install the program anew."
    ),
    "server_unreachable": (
        "The database server {path} does not answer. Check the network and the server, then try again."
    ),
    "server_refused": "The database server {path} refused to let this computer in. Ask who looks after the server.",
    "picture_missing": "A stored photo is missing and cannot be shown. Restore it from a backup.",
    "stored_picture_unreadable": (
        "A stored photo cannot be read: {reason}. Check the drive and who may read its folder."
    ),
    "stored_picture_damaged": "A stored photo is damaged and is not shown. Restore it from a backup.",
}

SINGULARS: dict[str, tuple[str, str]] = {
    "passphrase_short": (
        "have",
        "The passphrase has {have} character; it needs at least {need}. Five ordinary words do well.",
    ),
    "recovery_code_length": (
        "have",
        "A recovery code has {need} characters; {have} was entered.",
    ),
}
"""Code -> what is counted, and the sentence for one of it."""

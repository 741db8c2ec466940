"""Sentences about the clinic as a whole: its folder, its clock, taking back, and the command line."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "already_there": "This is on record already. Look at it again before entering it anew.",
    "changed_meanwhile": "Somebody changed this in the meantime. It was read again; look at it and enter your change anew.",
    "already_undone": "This was taken back already.",
    "cannot_undo_any_more": "This cannot be taken back any more: something was done with it since. Correct it instead.",
    "nothing_to_undo": "There is nothing to take back.",
    "bad_clinic_today": "CLINIC_TODAY is “{text}”, which is no date; write it as 2026-03-19.",
    "clock_behind": "This computer says it is {today}, but the newest entry was written on {newest}. Set the date of the computer right, or say which day it is, before anything is written.",
    "clock_ahead": "This computer says it is {today}, more than 30 days after the newest entry of {newest}. Say which day it is before anything is written.",
    "date_year_needed": "“{text}” is not enough. Type the day, the month and the year in four digits.",
    "clock_other_day": "You typed {day}, but this computer says it is {today}. Set the date of the computer right, then type it again. Nothing is written until both say the same.",
    "clock_before_entries": "{today} lies before the newest entry, of {newest}. If the clock was wrong when that was entered, tick the box below; if it is wrong now, set it right first.",
    "clinic_name_missing": "The clinic needs a name.",
    "database_older": "The database is of an older version of the program ({found}); this one needs {knows}.",
    "folder_not_empty": "“{folder}” is not empty. Choose an empty folder, or one that is not there yet.",
    "no_clinic_here": "There is no clinic in “{path}”. Make one with init, or name another folder with --data.",
    "passphrase_fd_unreadable": "No passphrase could be read from descriptor {fd}.",
    "passphrase_missing": "A passphrase is needed: type it at the prompt, or hand it over with --passphrase-fd.",
    "passphrases_differ": "The two passphrases are not the same.",
    "import_in_use": "The import cannot be undone any more: something was added since for {name}.",
    "ask_passphrase": "What is the passphrase?",
    "ask_passphrase_again": "And once more, please?",
    "clinic_created": "The clinic was made in “{path}”. Keep these two recovery codes where nobody else finds them.",
    "register_taken": "Rows taken: {taken}, left out: {skipped}. New patients: {patients}, injections: {sessions}.",
    "dates_option": "Name the order with --dates day-first or --dates month-first.",
    "register_exported": "{rows} rows written to “{path}”. The file is not encrypted.",
    "visit_recorded": "Visit of {mrn} on {date} recorded.",
    "visit_booked": "{mrn} is booked on {day}, place {token}.",
    "check_ok": "Everything is whole.",
    "check_not_ok": "Something is damaged or missing; see above.",
    "demo_made": "Demo clinic in “{path}”: patients {patients}, diagnoses {cases}, injections {sessions}, photographs {pictures} (seed {seed}).",
    "database_problem": "The database is damaged ({problem}).",
    "dates_differ": "The dates kept for diagnosis {id} of patient {mrn} do not follow from the record.",
    "picture_file_missing": "Photograph {id} of patient {mrn}: its file is missing.",
    "picture_file_damaged": "Photograph {id} of patient {mrn}: its file is damaged.",
    "picture_file_cut": "Photograph {id} of patient {mrn}: its file has not the size it was written with.",
    "picture_file_unreadable": "Photograph {id} of patient {mrn}: its file cannot be read ({reason}).",
    "photo_tie_gone": "{thing}: there is one of photograph {id}, and the photograph is gone.",
    "photo_tie_of_other": (
        "{thing}: one that belongs to patient {mrn} is of photograph {id}, which is another patient’s. It is not shown."
    ),
    "photo_tie_outside": (
        "{thing}: one of photograph {id} of patient {mrn} lies outside the photograph. It does no harm; set it anew."
    ),
    "photo_tie_unreadable": "{thing}: one of photograph {id} of patient {mrn} cannot be read.",
    "temporary_files": "{count} half-written files of an import that was cut lie in blobs/tmp; they do no harm.",
    "store_strangers": (
        "{count} files in the folder blobs are not the program’s: somebody or another program put them there. They do no "
        "harm; look what they are."
    ),
    "pictures_unreferenced": (
        "{count} stored files belong to no photograph, as an import leaves them that was cut; they do no harm. "
        "The program puts them aside a day after they were written."
    ),
    "pictures_set_aside": (
        "{count} stored files that belong to no photograph were put aside in the folder trash; the program deletes "
        "each after 30 days."
    ),
}

SINGULARS: dict[str, tuple[str, str]] = {
    "register_exported": (
        "rows",
        "{rows} row written to “{path}”. The file is not encrypted.",
    ),
    "temporary_files": (
        "count",
        "{count} half-written file of an import that was cut lies in blobs/tmp; it does no harm.",
    ),
    "store_strangers": (
        "count",
        "{count} file in the folder blobs is not the program’s: somebody or another program put it there. It does no "
        "harm; look what it is.",
    ),
    "pictures_unreferenced": (
        "count",
        "{count} stored file belongs to no photograph, as an import leaves it that was cut; it does no harm. "
        "The program puts it aside a day after it was written.",
    ),
    "pictures_set_aside": (
        "count",
        "{count} stored file that belongs to no photograph was put aside in the folder trash; the program deletes it "
        "after 30 days.",
    ),
}
"""Code -> what is counted, and the sentence for one of it."""

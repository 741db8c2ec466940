"""The sentences of register files: why a file is refused, why a row is not taken, what was odd about one that is."""

from __future__ import annotations

from clinic_app.domain.register_records import RegisterWarning, SkippedRow
from clinic_app.domain.register_writing import RegisterGaps
from clinic_app.domain.spreadsheets import TableNote
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence

FILES = {
    "table_missing": "The file {path} was not found. Check the name, and that the drive is connected.",
    "table_unreadable": "The file {path} cannot be read: {reason}. Close it in other programs and try again.",
    "table_is_folder": "{path} is a folder, not a file. Choose a .csv or .xlsx file.",
    "table_empty": "The file {path} is empty: there is no row in it.",
    "table_too_big": (
        "The file {path} is larger than {megabytes} MB, the limit for a register. Save only the sheet with the "
        "register, or split it."
    ),
    "table_unpacks_too_big": (
        "The file {path} would unpack to more than {megabytes} MB, the limit for a register. It was not opened."
    ),
    "table_bomb": (
        "The file {path} is packed more than {ratio} times smaller than its content, the limit. It was not opened; "
        "save the register anew from a spreadsheet program."
    ),
    "table_too_many_parts": (
        "The file {path} holds more than {limit} parts, the limit for a spreadsheet. It was not opened."
    ),
    "table_part_too_big": (
        "The file {path} has a row or a part of more than {megabytes} MB, the limit. It was not opened; save only "
        "the register as a new file."
    ),
    "table_entities": (
        "The file {path} contains XML definitions that no spreadsheet needs. It was not opened; save the register "
        "anew from a spreadsheet program."
    ),
    "table_too_many_rows": (
        "The file {path} has more than {limit} rows, the limit of one import. Split it into several files."
    ),
    "table_too_many_columns": (
        "The file {path} has more than {limit} columns, the limit of one import. Delete the columns that are not "
        "needed."
    ),
    "table_protected": (
        "The file {path} is protected with a password. Open it in the spreadsheet program, remove the password, "
        "save it and try again."
    ),
    "table_old_excel": "The file {path} is an old Excel file (.xls). Open it and save it as .xlsx.",
    "table_binary_excel": "The file {path} is a binary Excel file (.xlsb). Open it and save it as .xlsx.",
    "table_open_document": "The file {path} is an OpenDocument file. Open it and save it as .xlsx or .csv.",
    "table_is_pdf": "The file {path} is a PDF, not a spreadsheet. Save the register as {kinds}.",
    "table_not_a_spreadsheet": (
        "The file {path} is not a spreadsheet, whatever its name says. A register is a file of the kind {kinds}."
    ),
    "table_damaged": (
        "The file {path} is damaged and could not be read. Open it in the spreadsheet program and save it anew."
    ),
    "table_bad_csv": (
        "The file {path} could not be read as CSV ({reason}). Look for a quotation mark that is never closed, or "
        "save it as .xlsx."
    ),
    "table_rows_swallowed": (
        "In {path} a quotation mark on line {line} is closed only on line {until}, so that the rows between them became "
        "one cell. Remove the mark, or save the file as .xlsx; nothing was imported."
    ),
    "table_no_such_sheet": "The file {path} has no sheet called {sheet}. It has: {sheets}.",
    "table_kind_unknown": "{path}: a register is written as {kinds}. Choose one of these endings.",
    "table_exists": "The file {path} is already there and was not overwritten. Choose another name.",
    "table_too_long_for_xlsx": (
        "The register has more rows than an .xlsx sheet can hold ({limit}). Write {path} as .csv."
    ),
    "table_disk_full": "The drive of {path} is full. The file was not written; free some space and try again.",
    "table_folder_missing": "The folder of {path} was not found. Check that the drive is connected.",
    "table_not_allowed": "{path} cannot be written there. Check the permissions of the folder, or choose another.",
    "table_not_written": "{path} was not written: {reason}. Choose another folder and try again.",
    "table_old_encoding": (
        "The file is not in UTF-8; it was read as Western European text. Look at the accents in the names."
    ),
    "table_title_lines": "The header was found on line {line}; the lines above it were not read.",
    "table_several_sheets": "The file has several sheets ({sheets}); {sheet} was read.",
    "reading_table": "Reading {detail} …",
    "register_column_missing": (
        "The file {path} lacks a column for: {columns}. The header on line {line} says: {header}. Name the "
        "columns, or mend the mapping."
    ),
    "register_dates_ambiguous": (
        "In {path} the dates of {columns} ({examples}) can be read in two ways. Say whether the day or the month "
        "comes first; nothing was imported."
    ),
    "mapping_unreadable": "The mapping file {path} cannot be read: {reason}.",
    "mapping_unknown_field": "The mapping file {path} says {field} for the column {column}. Known are: {known}.",
    "mapping_field_twice": "The mapping file {path} names the field {field} twice. Leave one column for it.",
}

SKIPPED = {
    "register_field_missing": "Row {row}: {column} is missing. Fill it in and import the file again.",
    "register_total_row": "Row {row}: a sum, not a patient.",
    "register_header_again": "Row {row}: the header once more, not a patient.",
    "register_cell_error": (
        "Row {row}, {column}: the cell holds the error {text}. Mend it in the spreadsheet and import again."
    ),
    "register_formula_unsaved": (
        "Row {row}, {column}: the formula in {cell} has no saved result. Open the file in the spreadsheet program, "
        "save it and import again."
    ),
    "register_no_date": "Row {row}, {column}: {text} is not a date. Write it like 2026-01-05 or 5 Jan 2026.",
    "register_short_year": (
        "Row {row}, {column}: the year of {text} has two digits and may be 19.. (only 00 to this year are read as "
        "20..). Write all four."
    ),
    "register_impossible_date": "Row {row}, {column}: there is no day {text}. Correct it and import again.",
    "register_mixed_dates": (
        "Row {row}, {column}: {text} can be two days, and the column has dates with the day first and others with "
        "the month first. Write the month as a word."
    ),
    "register_other_order": (
        "Row {row}, {column}: {text} does not have the order said for this column. Write the month as a word and import "
        "again."
    ),
    "register_ambiguous_date": (
        "Row {row}, {column}: {text} can be two days, and nothing in the column decides. Say whether the day or "
        "the month comes first."
    ),
    "register_number_for_date": (
        "Row {row}, {column}: {text} is a number, not a date. Format the column as dates, or write 2026-01-05."
    ),
    "register_implausible_year": "Row {row}, {column}: the year {year} in {text} cannot be right.",
    "register_birth_in_future": "Row {row}, {column}: {text} lies in the future; nobody is born then.",
    "register_birth_too_long_ago": "Row {row}, {column}: born on {text} would be more than {years} years old.",
    "register_injection_in_future": (
        "Row {row}, {column}: the injection on {day} lies in the future (today is {today}). A planned date belongs "
        "into the next date."
    ),
    "register_injection_before_birth": (
        "Row {row}, {column}: the injection on {day} lies before the patient was born ({born})."
    ),
    "register_bad_units": (
        "Row {row}, {column}: {text} in {cell} is no number of units. Write a positive number such as 50 or 50U, "
        "or leave it blank if it is not known."
    ),
    "register_units_too_large": (
        "Row {row}, {column}: {text} in {cell} is too large: no dose has more than {most} units. Correct it and import "
        "again."
    ),
    "register_units_merged": (
        "Row {row}, {column}: {text} in {cell} stands in cells joined over several rows; whose units they are "
        "cannot be told. Write them in each row."
    ),
    "register_unknown_product": (
        "Row {row}, {column}: no product is called {text}. Write its brand or code, or leave it blank if it is not "
        "known."
    ),
    "register_unknown_condition": (
        "Row {row}, {column}: no diagnosis is called {text}. Write one of the list, or its code."
    ),
    "register_two_names": (
        "Row {row}: number {mrn} belongs to {other} (row {other_row}), here it says {name}. One number, two names: "
        "correct one of them."
    ),
    "register_several_people": (
        "Row {row}: {name} has no number here and could be any of several people (rows {rows}). Write the number."
    ),
    "register_patient_not_taken": (
        "Row {row}: belongs to the patient above, who was not taken. Correct that row first."
    ),
    "register_diagnosis_not_taken": (
        "Row {row}: belongs to the diagnosis above, which was not taken. Correct that row first."
    ),
    "register_duplicate": "Row {row}: says the same as row {other_row}.",
    "register_other_units": (
        "Row {row}: the injection of {day} is already in row {other_row}, with the units {other}; here it has {units}. "
        "Correct one of them."
    ),
    "register_known": "Row {row}: this injection of {day} is already stored.",
    "register_known_case": "Row {row}: this patient and diagnosis are already stored.",
    "register_known_other_units": (
        "Row {row}: the injection of {day} is already stored with the units {other}; here it has {units}. Correct one "
        "of them."
    ),
    "register_known_other_name": (
        "Row {row}: number {mrn} is stored for {other}, here it says {name}. One number, two names: correct one of "
        "them."
    ),
}

WARNINGS = {
    "register_sex_unread": "Row {row}: the sex {text} was not understood and is left open.",
    "register_age_unread": "Row {row}: the age {text} was not understood and is left open.",
    "register_age_for_birth": (
        "Row {row}: {text} in {column} is an age, not a birth date; it was taken as the age on the row’s day."
    ),
    "register_phone_unread": "Row {row}: {text} is no telephone number and was left out.",
    "register_details_differ": "Row {row}: {column} differs from an earlier row of {name}; the first was kept.",
    "register_matched_by_name": (
        "Row {row}: taken for {name} of row {other_row} by the name alone. Check that it is the same person."
    ),
    "register_no_diagnosis": "Row {row}: {name} has no diagnosis; only the patient is taken.",
    "register_condition_guessed": "Row {row}: the diagnosis {text} was taken for {found}. Check it.",
    "register_product_guessed": "Row {row}: the product {text} was taken for {found}. Check it.",
    "register_side_missing": "Row {row}: {found} needs a side, and none is given. Fill it in on the case.",
    "register_side_ignored": "Row {row}: {found} has no side {text}; it was left out.",
    "register_side_conflict": "Row {row}: the side {text} does not agree with {found}; taken is {side}. Check it.",
    "register_side_unreadable": "Row {row}: the side {text} was not understood and is left open.",
    "register_dose_without_date": (
        "Row {row}: there is a product or a dose but no injection date; the dose was not taken."
    ),
    "register_next_date_unread": "Row {row}: the next date {text} is no date and was left out.",
    "register_next_date_past": (
        "Row {row}: the next date {day} is not after the last injection ({last}) and was left out."
    ),
    "register_next_date_without_session": (
        "Row {row}: the next date {day} stands without an injection and was left out. Book it instead."
    ),
    "register_status_unread": "Row {row}: the status {text} was not understood; the patient counts as treated.",
    "register_status_day_unread": (
        "Row {row}: the status {text} was taken, but not its day: it lies in the future or cannot be read. The day of the "
        "last injection counts instead. Write it like died 2026-01-05."
    ),
    "register_given_after_death": (
        "Row {row}: {name} died on {died} by what is said, but toxin is dated {day}, after that. Both were taken; "
        "find out which day is right."
    ),
    "register_no_injection_column": (
        "The file has no column for the injection date; only patients and diagnoses are taken."
    ),
    "register_column_mixed": (
        "The dates of the column {column} have the day first in some rows and the month first in others; {count} "
        "that can be read in two ways are left out."
    ),
    "register_dates_maybe_swapped": (
        "The column {column} mixes real dates and text: a spreadsheet program may have swapped day and month of "
        "the real ones. Compare some with the paper."
    ),
    "register_short_years": "The column {column} has {count} years of two digits; they were read as 2000 to {until}.",
    "register_kind_unread": (
        "Row {row}: the kind {text} was not understood; taken as a full injection. Write full, touch-up or given "
        "elsewhere."
    ),
    "register_plan_unread": "Row {row}: the plan {text} was not understood and was left out. Write it like 14 w to 18 w.",
    "register_hold_unread": (
        "Row {row}: the hold {text} was not understood and was left out. Write it like 2026-03-01 to 2026-05-01."
    ),
    "register_plan_kept": (
        "Row {row}: the plan in the file is not the one stored for {name}; the stored one was kept."
    ),
    "register_hold_kept": (
        "Row {row}: the hold in the file is not the one stored for {name}; what is stored was kept."
    ),
    "register_without_the_rest": (
        "This file was written by an export: bookings, calls, decisions, photographs and the sites of injections are "
        "not in a register and do not come with it."
    ),
    "two_neck_codes": (
        "Row {row}: {name} has two neck diagnoses, {first} and {second}. If they are one, merge them on the "
        "patient's page."
    ),
}

MESSAGES: dict[str, str] = {**FILES, **SKIPPED, **WARNINGS}

SINGULARS: dict[str, tuple[str, str]] = {
    "register_short_years": (
        "count",
        "The column {column} has {count} year of two digits; it was read as 2000 to {until}.",
    ),
    "register_column_mixed": (
        "count",
        "The dates of the column {column} have the day first in some rows and the month first in others; {count} that can be read in two ways is left out.",
    ),
}
"""Code -> what is counted, and the sentence for one of it."""


def skip_sentence(skipped: SkippedRow) -> str:
    """Why a row was not taken."""
    return sentence(skipped.reason, skipped.params)


def warning_sentence(warned: RegisterWarning) -> str:
    """What was odd about a row that was taken."""
    return sentence(warned.warning.code, warned.warning.params)


def note_sentence(note: TableNote) -> str:
    """What the reader noticed about the file."""
    return sentence(note.code, note.params)


def gap_sentences(gaps: RegisterGaps) -> tuple[str, ...]:
    """What an exported register does not hold; nothing where it holds everything."""
    kinds = (
        (gaps.separate, "{count} pair of separate diagnoses", "{count} pairs of separate diagnoses"),
        (gaps.sites, "the sites of {count} injection", "the sites of {count} injections"),
        (gaps.bookings, "{count} booking", "{count} bookings"),
        (gaps.calls, "{count} call", "{count} calls"),
        (gaps.decisions, "{count} decision of the doctor", "{count} decisions of the doctor"),
        (gaps.pictures, "{count} photo", "{count} photos"),
    )
    counted = [translate_many(one, many, count) for count, one, many in kinds if count]
    return (translate("Not in this file: {things}.").format(things=", ".join(counted)),) if counted else ()

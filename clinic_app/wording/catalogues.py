"""Sentences for faults in the catalogue files."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "catalogue_missing_file": "The catalogue file {file} is missing. Put it back from the program's own folder.",
    "catalogue_unknown_file": "{file} is not a catalogue this version knows. Take it out of the catalogues folder.",
    "catalogue_unknown_key": "{file}, {entry}: the field “{field}” is not known. Check its spelling or remove it.",
    "catalogue_missing_field": "{file}, {entry}: the field “{field}” is missing or blank. Fill it in.",
    "catalogue_wrong_type": "{file}, {entry}: “{field}” must be {wanted}.",
    "catalogue_unknown_word": "{file}, {entry}: “{value}” is not allowed in “{field}”. Use one of: {wanted}.",
    "catalogue_bad_code": "{file}, {entry}: the code “{value}” may only have letters, digits and underscores.",
    "catalogue_bad_source": (
        "{file}, {entry}: “{value}” in “{field}” is no evidence mark. Write for example V:S3, V2:S7, GMK or P."
    ),
    "catalogue_duplicate": "{file}, {entry}: “{value}” in “{field}” stands there twice. Keep one.",
    "catalogue_dangling": "{file}, {entry}: “{value}” in “{field}” is not in {wanted}. Correct it or add it there.",
    "catalogue_alias_clash": (
        "{file}, {entry}: the name “{value}” already belongs to {other}. One name can mean only one entry: remove one."
    ),
}

"""Sentences about visits and bookings that come as documents."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "document_not_object": "The file must hold one object, or an array of objects, in JSON.",
    "document_unreadable": "“{path}” is not valid JSON: {reason} (line {line}).",
    "document_missing": "“{path}” could not be read: {reason}.",
    "document_field_missing": "The field “{field}” is missing.",
    "document_field_twice": "The field “{field}” stands twice in one object. Leave the one that is right.",
    "document_field_unknown": "The field “{field}” is not known here. Known fields: {known}.",
    "document_bad_value": "“{text}” cannot stand in the field “{field}”.",
    "document_bad_day": "“{text}” in the field “{field}” is no date; write it as 2026-03-19.",
    "document_checklist": "“{question}” is no question of the checklist, or its answer is not true or false. "
    "Known: {known}.",
    "nothing_taken": "Nothing in “{path}” could be taken.",
    "patient_has_no_case": "This patient has no diagnosis “{condition}”. Add it first, then record the visit.",
    "side_decides_case": "This patient has “{condition}” on more than one side: say which side.",
    "patient_unknown": "There is no patient with the number {mrn}.",
}

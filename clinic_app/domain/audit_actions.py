"""Every action of the audit by its code: what kind of thing it is, and which DICOM event it is told as on export.

DICOM codes are those of PS3.16, context group 400 (Audit Event ID). What changes a row is entered by the watch over
rows with the object's name; the rest is entered where it happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final


class AuditKind(Enum):
    """The kinds a list of entries is narrowed to."""

    LOOKED = "looked"
    CHANGED = "changed"
    TAKEN_OUT = "taken_out"
    SIGNED_IN = "signed_in"
    PROTECTED = "protected"
    PEOPLE = "people"
    KEPT_SAFE = "kept_safe"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class AuditAction:
    """One action: its code, its kind, and the DICOM event it is told as."""

    code: str
    kind: AuditKind
    dicom: int


APPLICATION, AUDIT_USED, IMPORT, EXPORT, ORDER, PATIENT, PROCEDURE = (
    110100,
    110101,
    110107,
    110106,
    110109,
    110110,
    110111,
)
SECURITY_ALERT, AUTHENTICATION, STARTED, STOPPED, LOGIN, LOGOUT = 110113, 110114, 110120, 110121, 110122, 110123
OVERRIDE, SECURITY_SETTINGS, SOFTWARE_SETTINGS, RESTRICTED_FUNCTION = 110127, 110129, 110131, 110132
OBJECT_SECURITY, ROLES, USER_SECURITY, OVERRIDE_ENDED = 110135, 110136, 110137, 110138
DICOM_MEANINGS: Final[Mapping[int, str]] = MappingProxyType(
    {
        APPLICATION: "Application Activity",
        AUDIT_USED: "Audit Log Used",
        EXPORT: "Export",
        IMPORT: "Import",
        ORDER: "Order Record",
        PATIENT: "Patient Record",
        PROCEDURE: "Procedure Record",
        SECURITY_ALERT: "Security Alert",
        AUTHENTICATION: "User Authentication",
        STARTED: "Application Start",
        STOPPED: "Application Stop",
        LOGIN: "Login",
        LOGOUT: "Logout",
        OVERRIDE: "Emergency Override Started",
        SECURITY_SETTINGS: "Security Configuration",
        SOFTWARE_SETTINGS: "Software Configuration",
        RESTRICTED_FUNCTION: "Use of Restricted Function",
        OBJECT_SECURITY: "Object Security Attributes Changed",
        ROLES: "Security Roles Changed",
        USER_SECURITY: "User security Attributes Changed",
        OVERRIDE_ENDED: "Emergency Override Stopped",
    }
)
_VERBS_OF_ROWS: Final = (
    ("patient", PATIENT, "create edit delete restore merge unmerge purge"),
    ("case", PATIENT, "create edit delete restore"),
    ("hold", PATIENT, "set edit delete restore"),
    ("stop", PATIENT, "set edit delete restore"),
    ("decision", PATIENT, "log edit delete restore"),
    ("visit", PROCEDURE, "create edit sign addendum delete restore"),
    ("injection", PROCEDURE, "create edit sign correct void delete restore import"),
    ("external_toxin", PROCEDURE, "create edit delete restore"),
    ("call", PATIENT, "log edit take_back delete restore"),
    ("appt", ORDER, "book edit move cancel status take_back conflict delete restore"),
    ("absence", ORDER, "set edit take_back delete restore"),
    ("photo", PATIENT, "add edit move delete restore purge"),
    ("pin", PATIENT, "set delete restore"),
    ("turn", PATIENT, "set delete restore"),
    ("alignment", PATIENT, "set delete restore"),
    ("comparison", PATIENT, "set delete restore"),
    ("measurement", PATIENT, "create edit delete restore"),
    ("mark", PATIENT, "create edit delete restore"),
    ("bin", PATIENT, "put edit restore purge delete"),
    ("draft", PATIENT, "restore"),
    ("version", PATIENT, "restore"),
    ("import", IMPORT, "start commit undo delete restore"),
)
_OTHERS: Final = (
    (AuditKind.LOOKED, PATIENT, "patient.view photo.view version.view"),
    (AuditKind.LOOKED, AUDIT_USED, "audit.view"),
    (AuditKind.TAKEN_OUT, EXPORT, "export.deident export.ident photo.export print"),
    (AuditKind.TAKEN_OUT, AUDIT_USED, "audit.export"),
    (AuditKind.SIGNED_IN, LOGIN, "auth.login"),
    (AuditKind.SIGNED_IN, LOGOUT, "auth.logout"),
    (AuditKind.SIGNED_IN, AUTHENTICATION, "auth.fail auth.lock auth.unlock auth.throttle recovery.used"),
    (AuditKind.PROTECTED, OVERRIDE, "breakglass.start"),
    (AuditKind.PROTECTED, OVERRIDE_ENDED, "breakglass.stop"),
    (AuditKind.PROTECTED, AUDIT_USED, "breakglass.ack"),
    (AuditKind.PROTECTED, RESTRICTED_FUNCTION, "authz.denied reason.given second_person.agreed"),
    (AuditKind.PROTECTED, OBJECT_SECURITY, "restricted.set protection.set protection.delete protection.restore"),
    (AuditKind.PEOPLE, USER_SECURITY, "user.create user.edit user.disable user.enable user.reset user.passphrase"),
    (AuditKind.PEOPLE, USER_SECURITY, "user.pin user.delete user.restore slot.add slot.drop"),
    (AuditKind.PEOPLE, ROLES, "user.role"),
    (AuditKind.PEOPLE, SECURITY_SETTINGS, "key.rotate"),
    (AuditKind.PEOPLE, SOFTWARE_SETTINGS, "settings.change settings.delete settings.restore"),
    (AuditKind.KEPT_SAFE, APPLICATION, "backup.ok backup.fail backup.verify restore.drill restore.real check.ok"),
    (AuditKind.KEPT_SAFE, APPLICATION, "store.set_aside store.emptied"),
    (AuditKind.KEPT_SAFE, SECURITY_ALERT, "check.fail key_file.mended"),
    (AuditKind.KEPT_SAFE, SOFTWARE_SETTINGS, "schema.migrate"),
    (AuditKind.PROGRAM, STARTED, "app.start"),
    (AuditKind.PROGRAM, STOPPED, "app.stop"),
    (AuditKind.PROGRAM, SECURITY_ALERT, "app.crash clock.back"),
)


def _all() -> Mapping[str, AuditAction]:
    found = [
        AuditAction(f"{noun}.{verb}", AuditKind.CHANGED, dicom)
        for noun, dicom, verbs in _VERBS_OF_ROWS
        for verb in verbs.split()
    ]
    found += [AuditAction(code, kind, dicom) for kind, dicom, codes in _OTHERS for code in codes.split()]
    return MappingProxyType({one.code: one for one in found})


ACTIONS: Final[Mapping[str, AuditAction]] = _all()
"""Code -> action, for every code the program may enter."""


def actions_of(kinds: Iterable[AuditKind]) -> tuple[str, ...]:
    """The codes of the actions of these kinds."""
    wanted = set(kinds)
    return tuple(code for code, action in ACTIONS.items() if action.kind in wanted)


def kind_of(code: str) -> AuditKind:
    """The kind of an action; one this program does not know (entered by a newer one) counts as a change."""
    known = ACTIONS.get(code)
    return AuditKind.CHANGED if known is None else known.kind


def dicom_of(code: str) -> tuple[int, str] | None:
    """The DICOM event an action is told as, with its meaning; None for one this program does not know."""
    known = ACTIONS.get(code)
    return None if known is None else (known.dicom, DICOM_MEANINGS[known.dicom])

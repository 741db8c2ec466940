"""Who may do what: the matrix of the security page 4.1 as data, for the services to enforce.

What differs from that page is said in design section 10: nurses may import. The page has no line for diagnosis, plan,
hold, stop and decision (``EDIT_RECORD``): whoever may draft an injection record may write them. Who looks at emergency
openings afterwards (``REVIEW_EMERGENCIES``) is said in its section 4.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from clinic_app.domain.people import Role

SIGNED_IN_AGAIN_S = 300.0
"""How long signing in again holds, for one class of action (security page 4.3)."""
EMERGENCY_S = 1800.0
"""How long an emergency opening holds, for one patient (security page 4.2)."""


class Action(Enum):
    """What somebody may want to do; each is a class of its own for signing in again."""

    FIND = "find"
    SEE_RECORD = "see_record"
    SEE_PHOTOS = "see_photos"
    SEE_RESTRICTED = "see_restricted"
    REGISTER = "register"
    EDIT_RECORD = "edit_record"
    ADD_PHOTOS = "add_photos"
    DRAFT_INJECTION = "draft_injection"
    SIGN_INJECTION = "sign_injection"
    EDIT_UNSIGNED = "edit_unsigned"
    DELETE = "delete"
    RESTORE = "restore"
    PURGE = "purge"
    IMPORT = "import"
    MERGE = "merge"
    EXPORT_DEIDENTIFIED = "export_deidentified"
    EXPORT_IDENTIFIABLE = "export_identifiable"
    PRINT = "print"
    MANAGE = "manage"
    BACK_UP = "back_up"
    RESTORE_BACKUP = "restore_backup"
    SEE_AUDIT = "see_audit"
    EXPORT_AUDIT = "export_audit"
    ROTATE_KEYS = "rotate_keys"
    REVIEW_EMERGENCIES = "review_emergencies"


CHANGES_THE_RECORD = frozenset(
    {
        Action.REGISTER,
        Action.EDIT_RECORD,
        Action.ADD_PHOTOS,
        Action.DRAFT_INJECTION,
        Action.SIGN_INJECTION,
        Action.EDIT_UNSIGNED,
        Action.DELETE,
        Action.IMPORT,
        Action.MERGE,
    }
)
"""Actions that write what is known of patients: none of them while another day than today is looked at."""


class Need(Enum):
    """What an action asks of somebody, from the least to the most; ``NO`` is never given.

    ``SECOND_PERSON`` asks for signing in again and a reason as well.
    """

    YES = "yes"
    OWN = "own"
    OWN_TODAY = "own_today"
    REASON = "reason"
    EMERGENCY = "emergency"
    SIGN_IN_AGAIN = "sign_in_again"
    SIGN_IN_AGAIN_AND_REASON = "sign_in_again_and_reason"
    SECOND_PERSON = "second_person"
    NO = "no"


class Own(Enum):
    """What *own* means: patients somebody treats, or entries somebody made."""

    PATIENTS = "patients"
    ENTRIES = "entries"


def _line(nurse: Need, doctor: Need, admin: Need, read_only: Need) -> Mapping[Role, Need]:
    return MappingProxyType(
        {Role.NURSE: nurse, Role.DOCTOR: doctor, Role.ADMIN: admin, Role.READ_ONLY: read_only},
    )


_Y, _N, _R, _B, _A = Need.YES, Need.NO, Need.REASON, Need.EMERGENCY, Need.SIGN_IN_AGAIN
_AR, _2 = Need.SIGN_IN_AGAIN_AND_REASON, Need.SECOND_PERSON

MATRIX: Mapping[Action, Mapping[Role, Need]] = MappingProxyType(
    {
        Action.FIND: _line(_Y, _Y, _Y, _Y),
        Action.SEE_RECORD: _line(_Y, _Y, _B, _Y),
        Action.SEE_PHOTOS: _line(_Y, _Y, _B, _R),
        Action.SEE_RESTRICTED: _line(_B, Need.OWN, _N, _N),
        Action.REGISTER: _line(_Y, _Y, _Y, _N),
        Action.EDIT_RECORD: _line(_Y, _Y, _N, _N),
        Action.ADD_PHOTOS: _line(_Y, _Y, _N, _N),
        Action.DRAFT_INJECTION: _line(_Y, _Y, _N, _N),
        Action.SIGN_INJECTION: _line(_N, _Y, _N, _N),
        Action.EDIT_UNSIGNED: _line(Need.OWN_TODAY, _Y, _N, _N),
        Action.DELETE: _line(_N, _R, _R, _N),
        Action.RESTORE: _line(_N, _Y, _Y, _N),
        Action.PURGE: _line(_N, _N, _2, _N),
        Action.IMPORT: _line(_Y, _Y, _A, _N),
        Action.MERGE: _line(_N, _Y, _A, _N),
        Action.EXPORT_DEIDENTIFIED: _line(_N, _Y, _N, _N),
        Action.EXPORT_IDENTIFIABLE: _line(_N, _AR, _AR, _N),
        Action.PRINT: _line(_Y, _Y, _N, _N),
        Action.MANAGE: _line(_N, _N, _A, _N),
        Action.BACK_UP: _line(_Y, _Y, _Y, _N),
        Action.RESTORE_BACKUP: _line(_N, _A, _A, _N),
        Action.SEE_AUDIT: _line(Need.OWN, Need.OWN, _Y, _N),
        Action.EXPORT_AUDIT: _line(_N, _N, _A, _N),
        Action.ROTATE_KEYS: _line(_N, _N, _A, _N),
        Action.REVIEW_EMERGENCIES: _line(_N, _Y, _Y, _N),
    }
)
"""Action -> role -> what it needs. Every action has every role."""

OWN: Mapping[tuple[Action, Role], Own] = MappingProxyType(
    {
        (Action.SEE_RESTRICTED, Role.DOCTOR): Own.PATIENTS,
        (Action.SEE_AUDIT, Role.NURSE): Own.ENTRIES,
        (Action.SEE_AUDIT, Role.DOCTOR): Own.PATIENTS,
    }
)
"""What *own* means where the matrix says ``OWN``."""

OTHERWISE: Mapping[Action, Need] = MappingProxyType({Action.SEE_RESTRICTED: Need.EMERGENCY})
"""What is needed for what is not one's own where the matrix says ``OWN``; actions that are not here: ``NO``."""

OPENED_IN_EMERGENCY = (Action.SEE_RECORD, Action.SEE_PHOTOS, Action.SEE_RESTRICTED)
"""What an emergency opening may open."""

_ORDER = {need: rank for rank, need in enumerate(Need)}


def need_of(action: Action, roles: Iterable[Role]) -> Need:
    """What an action needs of somebody with these roles: roles add up, the least demanding counts."""
    return min((MATRIX[action][role] for role in roles), key=_ORDER.__getitem__, default=Need.NO)


def who_may(action: Action) -> tuple[Role, ...]:
    """The roles an action is open to, whatever it asks of them; an opening in an emergency is no such thing."""
    return tuple(role for role in Role if MATRIX[action][role] not in (Need.NO, Need.EMERGENCY))


@dataclass(frozen=True, slots=True)
class Protection:
    """What protects one patient's record: seen by few (``restricted``), never destroyed (``legal_hold``)."""

    patient_id: int
    restricted: bool = False
    legal_hold: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EmergencyOpening:
    """One emergency opening of a patient's record; ``acknowledged_by`` is empty until somebody looked at it."""

    id: int
    patient_id: int
    user_id: int
    user_name: str
    mrn: str
    reason: str
    opened_at: datetime
    until: datetime
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditScope:
    """What somebody may see of the audit: all, or the entries of this person and those about these patients."""

    everything: bool
    actor_id: int | None = None
    patient_ids: frozenset[int] = frozenset()

"""The register of a clinic: its columns, how a foreign one is read, and how our own is written.

The parts: ``register_mapping`` (columns), ``register_dates`` (date orders), ``register_people`` (who is who),
``register_words`` (what clinics write into cells), ``register_reading`` (row by row, to ``register_drafts``),
``register_settling`` (what needs the whole file), ``register_records`` (what comes out) and ``register_writing``.
"""

from __future__ import annotations

from clinic_app.domain.register_dates import DateOrder
from clinic_app.domain.register_mapping import (
    DEFAULT_COLUMNS,
    MappedColumn,
    RegisterField,
    RegisterMapping,
    header_score,
    propose_mapping,
)
from clinic_app.domain.register_people import same_name, same_person
from clinic_app.domain.register_reading import interpret
from clinic_app.domain.register_records import (
    SKIP_CODES,
    DatesAmbiguous,
    RegisterKind,
    RegisterPerson,
    RegisterPlans,
    RegisterReading,
    RegisterRecord,
    RegisterStatus,
    RegisterWarning,
    SkippedRow,
    already_stored,
    other_name_stored,
)
from clinic_app.domain.register_writing import RegisterCell, RegisterGaps, RegisterLine, lines_of, register_rows

__all__ = [
    "DEFAULT_COLUMNS",
    "SKIP_CODES",
    "DateOrder",
    "DatesAmbiguous",
    "MappedColumn",
    "RegisterCell",
    "RegisterField",
    "RegisterGaps",
    "RegisterKind",
    "RegisterLine",
    "RegisterMapping",
    "RegisterPerson",
    "RegisterPlans",
    "RegisterReading",
    "RegisterRecord",
    "RegisterStatus",
    "RegisterWarning",
    "SkippedRow",
    "already_stored",
    "header_score",
    "interpret",
    "lines_of",
    "other_name_stored",
    "propose_mapping",
    "register_rows",
    "same_name",
    "same_person",
]

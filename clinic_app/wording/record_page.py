"""The page of a copied record: what was entered of a patient as another doctor reads it, names instead of codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from clinic_app.domain.marks import Mark, MarkKind, Part
from clinic_app.domain.measurements import MeasureKind, Measurement, Value, with_facts
from clinic_app.domain.treatment import SessionState
from clinic_app.wording.language import translate
from clinic_app.wording.marks import mark_words, named
from clinic_app.wording.measuring import millimetres_said, value_said
from clinic_app.wording.version_lines import VersionNames, said_of
from clinic_app.wording.versions import field_words

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, Sequence[Row]]
ReadTable: TypeAlias = tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]
"""Title, heads, rows."""
Column: TypeAlias = tuple[str, Callable[[Row], str]]

PATIENT = (
    *("full_name", "sex", "birth_day", "birth_year", "age", "age_on", "guardian", "village", "weight_kg", "language"),
    *(
        "may_be_called",
        "may_be_texted",
        "may_be_written_to",
        "alerts",
        "notes",
        "plan_opens",
        "plan_closes",
        "moved_on",
        "deceased_on",
    ),
)
"""What stands of the patient, in the order of the form."""
CORRECTED = ("day", "case_id", "kind", "product", "units", "dilution_ml", "guidance", "come_on", "sites")
"""What a correction may change, in the order of the form."""
VOID = SessionState.VOID.value


def record_tables(rows: Rows, names: VersionNames) -> tuple[ReadTable, ...]:
    """Every table of the page that has something in it; each column too."""
    return tuple(table for table in _Page(rows, names).tables() if table is not None)


def live_photos(rows: Rows) -> tuple[Row, ...]:
    """The photographs of a record as they are numbered in its copy."""
    return tuple(row for row in rows.get("picture", ()) if row["taken_back_at"] is None)


def photos_title() -> str:
    """What stands over the photographs."""
    return translate("Photos")


def photo_caption(number: int, row: Row, names: VersionNames, quarters: int = 0) -> str:
    """``Photo 2 · 19 Mar 2026 · Eyes open · turned by 90°``: what stands under a photograph."""
    said = [photo_name(number, row, names)]
    if quarters:
        said.append(translate("turned by {degrees}°").format(degrees=quarters * 90))
    return " · ".join(said)


def photo_name(number: int, row: Row, names: VersionNames) -> str:
    """``Photo 2 · 19 Mar 2026 · Eyes open``: a photograph as the tables name it."""
    said = (said_of("picture", row, name, names) for name in ("day", "view"))
    return " · ".join(part for part in (translate("Photo {number}").format(number=number), *said) if part)


class _Page:
    def __init__(self, rows: Rows, names: VersionNames) -> None:
        self._rows = rows
        self._names = names
        self._visits = {row["id"]: row for row in self._of("visit")}
        self._sessions = {row["id"]: row for row in self._of("injection_session")}
        self._sites: dict[int, list[Row]] = {}
        for site in sorted(self._of("injection_site"), key=lambda row: row["position"]):
            self._sites.setdefault(site["session_id"], []).append(site)
        self._photos = {row["id"]: (number, row) for number, row in enumerate(live_photos(rows), 1)}

    def tables(self) -> Iterable[ReadTable | None]:
        """In the order in which a doctor asks."""
        yield self._patient()
        yield self._case_table(
            "clinical_case", "Diagnoses", ("pattern", "onset", "causes", "classification"), whose=True
        )
        yield self._injections()
        yield self._corrections()
        yield self._table(
            "external_toxin",
            "Botulinum toxin given elsewhere",
            (self._day, self._dose("external_toxin"), self._diagnosis, *self._columns("external_toxin", "place")),
        )
        yield self._case_table("case_hold", "On hold", ("since", "until", "reason", "ended_on"))
        yield self._case_table("case_stop", "Stopped", ("since", "reason", "note", "ended_on"))
        yield self._case_table("case_decision", "Doctor’s decisions", ("day", "kind", "note"), by=True)
        yield self._case_table(
            "contact_attempt",
            "Calls",
            ("at", "channel", "outcome", "phone_number", "spoke_to", "call_again_on", "call_again_at", "note"),
        )
        yield self._table(
            "appointment",
            "Bookings",
            self._columns("appointment", "day", "at", "token", "status", "drug", "reason", "decided_by", "note"),
        )
        yield self._measurements()
        yield self._marks()

    def _patient(self) -> ReadTable | None:
        (patient,) = self._of("patient") or ({},)
        lines = [(field_words(name), self._said("patient", patient, name)) for name in PATIENT]
        numbers = [row["value"] for row in self._of("patient_identifier")]
        phones = [
            ", ".join(str(row[name]) for name in ("number", "owner", "language") if row.get(name))
            for row in self._of("patient_phone")
        ]
        lines[1:1] = [(field_words("identifiers"), ", ".join(numbers)), (field_words("phones"), "; ".join(phones))]
        told = tuple((name, value) for name, value in lines if value)
        return (translate("Patient"), ("", ""), told) if told else None

    def _injections(self) -> ReadTable | None:
        sessions = sorted(self._sessions.values(), key=lambda row: (row["day"], row["id"]), reverse=True)

        def of_visit(name: str) -> Callable[[Row], str]:
            return lambda row: self._said("visit", self._visits.get(row["visit_id"], {}), name)

        table = "injection_session"
        columns: tuple[Column, ...] = (
            self._day,
            self._diagnosis,
            *self._columns(table, "kind"),
            self._dose(table),
            (field_words("sites"), lambda row: self._sites_said(self._sites.get(row["id"], ()))),
            *self._columns(table, "dilution_ml", "guidance", "come_on"),
            *((field_words(name), of_visit(name)) for name in ("injector", "batch", "decided_by", "notes")),
            *self._columns(table, "state", "correction_reason"),
        )
        return _filled("Injections", columns, sessions)

    def _corrections(self) -> ReadTable | None:
        """Each correction: what it was of, when and by whom, each value that changed before and after, and why."""
        earlier: dict[int, list[Row]] = {}
        for row in sorted(self._of("injection_session_version"), key=lambda one: one["id"]):
            earlier.setdefault(row["session_id"], []).append(row)
        told: list[tuple[str, ...]] = []
        for session_id, versions in earlier.items():
            now = self._sessions.get(session_id)
            if now is None:
                continue
            contents = [_with_sites(one["content"]) for one in versions]
            contents.append({**now, "sites": [dict(site) for site in self._sites.get(session_id, ())]})
            for version, before, after in zip(versions, contents, contents[1:], strict=False):
                was, then = self._changed(before, after)
                of = ", ".join(part for part in (self._day[1](before), self._diagnosis[1](before)) if part)
                at = said_of("injection_session_version", {"at": version["written_at"]}, "at", self._names)
                told.append((at, version["written_by"], of, was, then, version["reason"]))
        heads = ("Corrected", "By", "Injection", "Before", "After", "Reason")
        return (translate("Corrections"), tuple(map(translate, heads)), tuple(told)) if told else None

    def _measurements(self) -> ReadTable | None:
        """What was measured in which photograph, millimetres always about."""

        def figure(row: Row) -> tuple[Measurement, Value]:
            bare = Measurement(row["id"], row["picture_id"], MeasureKind(row["kind"]), ())
            one, picture = with_facts(bare, row["content"]), self._photos[row["picture_id"]][1]
            return one, one.value(max(picture["width"], picture["height"]))

        def millimetres(row: Row) -> str:
            one, value = figure(row)
            words = millimetres_said(value)
            borrowed = words and one.scale is not None and one.scale.borrowed
            return f"{words} ({translate('by the iris of another photo')})" if borrowed else words

        def valued(row: Row) -> str:
            one, value = figure(row)
            return value_said(one.kind, value) if value.number is not None else ""

        columns: tuple[Column, ...] = (
            self._photo,
            self._diagnosis,
            (translate("Measured"), self._reader("measurement", "kind")),
            (field_words("value"), valued),
            (translate("Millimetres"), millimetres),
            *self._columns("measurement", "note"),
            *self._written("measurement"),
        )
        return _filled("Measurements", columns, self._of_photos("measurement"))

    def _marks(self) -> ReadTable | None:
        """What is drawn on which photograph, and which regions are covered in pictures for others."""

        def drawn(row: Row) -> str:
            kind = MarkKind(row["kind"])
            words = named(Mark(0, 0, kind, (), part=Part(row["content"].get("part", Part.ANY))))
            return f"{mark_words(kind)}: {words}" if kind.hides else words

        columns: tuple[Column, ...] = (
            self._photo,
            (translate("Drawn"), drawn),
            (translate("Words"), lambda row: str(row["content"].get("words", ""))),
            *self._written("mark"),
        )
        return _filled("Drawings on photos", columns, self._of_photos("mark"))

    def _of_photos(self, table: str) -> Sequence[Row]:
        """The rows of the photographs that are in the copy, in their order."""
        rows = [row for row in self._of(table) if row["picture_id"] in self._photos]
        return sorted(rows, key=lambda row: (self._photos[row["picture_id"]][0], row["id"]))

    @property
    def _photo(self) -> Column:
        return translate("Photo"), lambda row: photo_name(*self._photos[row["picture_id"]], self._names)

    def _written(self, table: str) -> tuple[Column, ...]:
        return (
            (translate("By"), self._reader(table, "written_by")),
            (translate("Written"), lambda row: said_of(table, {"at": row["written_at"]}, "at", self._names)),
        )

    def _changed(self, before: Row, after: Row) -> tuple[str, str]:
        fields = (*CORRECTED, "state") if after["state"] == VOID else CORRECTED
        pairs = [(name, self._corrected(before, name), self._corrected(after, name)) for name in fields]
        changed = [(field_words(name), was or "–", now or "–") for name, was, now in pairs if was != now]
        return "; ".join(f"{name}: {was}" for name, was, _ in changed), "; ".join(
            f"{name}: {now}" for name, _, now in changed
        )

    def _corrected(self, content: Row, name: str) -> str:
        if name == "sites":
            return self._sites_said(content.get("sites") or ())
        return self._said("injection_session", content, name)

    def _case_table(
        self, table: str, title: str, fields: Sequence[str], *, whose: bool = False, by: bool = False
    ) -> ReadTable | None:
        diagnosis = (
            (translate("Diagnosis"), lambda row: self._names.cases.get(row["id"], "")) if whose else self._diagnosis
        )
        more = ("plan_opens", "plan_closes", "notes") if whose else ()
        columns = (diagnosis, *self._columns(table, *fields, *more))
        if by:
            columns = (*columns, (translate("By"), self._reader(table, "written_by")))
        return self._table(table, title, columns)

    def _table(self, table: str, title: str, columns: Sequence[Column]) -> ReadTable | None:
        rows = [row for row in self._of(table) if row.get("taken_back_at") is None and not row.get("removed_reason")]
        return _filled(title, columns, rows)

    def _columns(self, table: str, *fields: str) -> tuple[Column, ...]:
        return tuple((field_words(name), self._reader(table, name)) for name in fields)

    def _reader(self, table: str, name: str) -> Callable[[Row], str]:
        return lambda row: self._said(table, row, name)

    @property
    def _day(self) -> Column:
        return field_words("day"), lambda row: self._said("injection_session", row, "day")

    @property
    def _diagnosis(self) -> Column:
        return translate("Diagnosis"), lambda row: self._names.cases.get(row.get("case_id") or 0, "")

    def _dose(self, table: str) -> Column:
        def dose(row: Row) -> str:
            product, units = self._said(table, row, "product"), self._said(table, row, "units")
            amount = translate("{units} U").format(units=units) if units else translate("units not known")
            return f"{product or translate('product not known')}, {amount}"

        return translate("Product and units"), dose

    def _sites_said(self, sites: Iterable[Row]) -> str:
        parts = []
        for site in sites:
            words = " ".join(str(site[name]) for name in ("muscle", "side", "units") if site.get(name) is not None)
            parts.append(said_of("injection_session", {"sites": words}, "sites", self._names))
        return ", ".join(parts)

    def _said(self, table: str, row: Row, name: str) -> str:
        return said_of(table, row, name, self._names)

    def _of(self, table: str) -> Sequence[Row]:
        return self._rows.get(table, ())


def _with_sites(content: Row) -> dict[str, Any]:
    """What an injection was before a correction, its sites as rows."""
    sites = content.get("sites") or ()
    return {**content, "sites": [dict(zip(("muscle", "side", "units"), site, strict=False)) for site in sites]}


def _filled(title: str, columns: Sequence[Column], rows: Sequence[Row]) -> ReadTable | None:
    """The rows under those heads that have something under them."""
    cells = [tuple(read(row) for _, read in columns) for row in rows]
    used = [place for place in range(len(columns)) if any(line[place] for line in cells)]
    if not used:
        return None
    heads = tuple(columns[place][0] for place in used)
    return translate(title), heads, tuple(tuple(line[place] for place in used) for line in cells)

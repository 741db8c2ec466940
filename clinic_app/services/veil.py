"""What hides in lists what somebody may not see: one place for all of them, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.cases import Case, CaseDetails, Hold, Stop
from clinic_app.domain.patients import Birth, Identifier, Patient, PatientDetails, PatientEntry, Sex
from clinic_app.domain.schedule import Appointment, DueEntry, FollowUp, ReinjectionWindow
from clinic_app.wording.access import restricted_name


@dataclass(frozen=True, slots=True)
class Veil:
    """What hides in lists: the patients ``hidden`` altogether, and without ``record`` diagnosis and doses of all.

    ``opened``: whose diagnosis and doses are shown all the same, after an emergency opening.
    """

    hidden: frozenset[int]
    record: bool
    opened: frozenset[int] = frozenset()

    @property
    def clear(self) -> bool:
        """Whether nothing is hidden from anybody."""
        return self.record and not self.hidden

    def shows_record(self, patient_id: int) -> bool:
        """Whether diagnosis and doses of this patient are shown."""
        return patient_id not in self.hidden and (self.record or patient_id in self.opened)

    def due(self, entry: DueEntry) -> DueEntry:
        """One row of the call list."""
        if entry.patient_id in self.hidden:
            answer = replace(_without_record(entry.answer), flags=frozenset(), stop=None, attempts=0)
            if answer.appointment is not None:
                answer = replace(answer, appointment=self.appointment(answer.appointment))
            return DueEntry(
                entry.case_id,
                entry.patient_id,
                entry.mrn,
                restricted_name(),
                Sex.UNKNOWN,
                Birth(),
                None,
                "",
                None,
                "",
                answer,
                may_be_called=False,
            )
        if self.shows_record(entry.patient_id):
            return entry
        return replace(
            entry,
            condition="",
            side=None,
            pattern="",
            answer=_without_record(entry.answer),
            last_call=replace(entry.last_call, note="") if entry.last_call is not None else None,
            last_units=None,
            injector="",
            cycle=0,
        )

    def entry(self, entry: PatientEntry) -> PatientEntry:
        """One row of the Patients list."""
        if entry.id in self.hidden:
            return PatientEntry(entry.id, entry.mrn, restricted_name(), Sex.UNKNOWN, Birth(), "", veiled=True)
        return entry if self.shows_record(entry.id) else replace(entry, cases=(), last_on=None, veiled=True)

    def booking(self, entry: DayEntry) -> DayEntry:
        """One booking on the week board."""
        if entry.appointment.patient_id in self.hidden:
            return DayEntry(self.appointment(entry.appointment), entry.mrn, restricted_name())
        return entry

    def appointment(self, appointment: Appointment) -> Appointment:
        """A booking without what was noted of it."""
        if appointment.patient_id not in self.hidden:
            return appointment
        return replace(appointment, reason="", decided_by="", note="")

    def case(self, case: Case) -> Case:
        """A diagnosis as it stands in a list."""
        if self.shows_record(case.patient_id):
            return case
        return Case(case.id, case.patient_id, CaseDetails(""), version=case.version)

    def patient(self, patient: Patient) -> Patient:
        """A person as they stand in a list."""
        if patient.id not in self.hidden:
            return patient
        details = PatientDetails(
            restricted_name(),
            identifiers=(Identifier(patient.mrn),),
            may_be_called=False,
            may_be_texted=False,
            may_be_written_to=False,
        )
        return Patient(patient.id, patient.number, patient.mrn, details, version=patient.version)


def _without_record(answer: FollowUp) -> FollowUp:
    """Where a case stands and when it is due, without what was given and what was noted."""
    window, hold, stop = answer.window, answer.hold, answer.stop
    return replace(
        answer,
        window=ReinjectionWindow(None, window.earliest, window.opens, window.closes, window.come_on),
        hold=Hold(hold.since, hold.until, "", hold.ended_on) if hold is not None else None,
        stop=Stop(stop.since, stop.reason, "", stop.ended_on) if stop is not None else None,
    )

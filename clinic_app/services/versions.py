"""Earlier versions of a patient's record: who changed what and when, and one of them made the newest again."""

from __future__ import annotations

from typing import Any

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan, Side
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import NotFound, RuleBroken
from clinic_app.domain.patients import Birth, Identifier, IdentifierKind, PatientDetails, Phone, Sex
from clinic_app.domain.treatment import ExternalToxinDetails, InjectionSite, SessionDetails, SessionKind, SiteSide
from clinic_app.domain.versions import RESTORABLE, Version
from clinic_app.services.access import needs, open_to_all
from clinic_app.services.cases import CasesService
from clinic_app.services.context import ClinicContext
from clinic_app.services.patients import PatientsService
from clinic_app.services.treatment import TreatmentService
from clinic_app.storage.versions import EarlierRow
from clinic_app.wording.versions import restored_from_words


class VersionsService:
    """What was entered before, and is not any more."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.SEE_RECORD, patient="patient_id", view="patient")
    def of_patient(self, patient_id: int) -> tuple[Version, ...]:
        """Every change of a patient's record with how it was before, newest first; of one save together.

        Those who were merged into the patient are included.
        """
        with self._context.units.read() as unit:
            unit.patients.get(patient_id)
            return unit.versions.of_patients([patient_id, *unit.bin.merged_into(patient_id)])

    @open_to_all
    def restore(self, version_id: int) -> Changes:
        """Enter an earlier version anew, as a change of today; what is so now becomes an earlier version in turn.

        Needs what changing such a thing needs. An injection is corrected, with a reason that names the version.

        Raises:
            NotFound: ``version_not_found``, or what it was of is gone.
            RuleBroken: ``version_not_restorable``, or a rule that the earlier version breaks today.
            Conflict: ``mrn_taken`` and the like.
        """
        context = self._context
        with context.units.read() as unit:
            earlier = unit.versions.earlier(version_id)
            if earlier.table not in RESTORABLE:
                raise RuleBroken("version", "version_not_restorable")
            if earlier.table == "patient":
                now = unit.patients.get(earlier.row_id)
                details, version = _patient_of(earlier, now.details), now.version
            elif earlier.table == "clinical_case":
                version = unit.cases.get(earlier.row_id).version
            elif earlier.table == "injection_session":
                session = unit.treatment.session(earlier.row_id)
        if earlier.table == "patient":
            return PatientsService(context).change(earlier.row_id, details, version)
        if earlier.table == "clinical_case":
            return CasesService(context).change(earlier.row_id, _case_of(earlier), version)
        treatment = TreatmentService(context)
        if earlier.table == "external_toxin":
            if earlier.values.get("removed_reason") is not None:
                raise RuleBroken("version", "version_not_restorable")
            return treatment.change_external(earlier.row_id, _external_of(earlier))
        if not session.state.counts:
            raise NotFound("version_not_found", id=version_id)
        again = _session_of(earlier, session.details)
        return treatment.correct(earlier.row_id, again, earlier.values["day"], restored_from_words(earlier.at))


def _patient_of(earlier: EarlierRow, now: PatientDetails) -> PatientDetails:
    said: Any = earlier.values
    numbers, phones = earlier.parts.get("identifiers"), earlier.parts.get("phones")
    return PatientDetails(
        said["full_name"],
        Sex(said["sex"]),
        Birth(said["birth_day"], said["birth_year"], said["age"], said["age_on"]),
        now.identifiers
        if numbers is None
        else tuple(Identifier(one["value"], IdentifierKind(one["kind"])) for one in numbers),
        now.phones
        if phones is None
        else tuple(Phone(one["number"], one["owner"], one["language"], one["preferred"]) for one in phones),
        said["guardian"],
        said["village"],
        said["weight_kg"],
        said["language"],
        said["may_be_called"],
        tuple(said["alerts"]),
        said["notes"],
        said.get("may_be_texted", True),
        said.get("may_be_written_to", True),
    )


def _case_of(earlier: EarlierRow) -> CaseDetails:
    said: Any = earlier.values
    plan = None
    if said["plan_opens"] is not None and said["plan_closes"] is not None:
        plan = ReinjectionPlan(Span.parse(said["plan_opens"]), Span.parse(said["plan_closes"]))
    return CaseDetails(
        said["condition"],
        Side(said["side"]) if said["side"] else None,
        said["pattern"],
        said["onset"],
        tuple(said["causes"]),
        tuple((str(axis), str(value)) for axis, value in said["classification"].items()),
        plan,
        said["notes"],
    )


def _external_of(earlier: EarlierRow) -> ExternalToxinDetails:
    said: Any = earlier.values
    return ExternalToxinDetails(said["day"], said["product"], said["units"], said["case_id"], said["place"])


def _session_of(earlier: EarlierRow, now: SessionDetails) -> SessionDetails:
    said: Any = earlier.values
    sites = earlier.parts.get("sites")
    if sites is None and now.sites and now.total.amount != said["units"]:
        sites = ()
    return SessionDetails(
        said["case_id"],
        said["product"],
        said["units"],
        now.sites
        if sites is None
        else tuple(
            InjectionSite(one["muscle"], SiteSide(one["side"]), one["units"], one["volume_ml"]) for one in sites
        ),
        SessionKind(said["kind"]),
        said["restarts_window"],
        said["dilution_ml"],
        said["guidance"],
        said["come_on"],
    )

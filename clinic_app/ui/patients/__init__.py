"""Patients: the list, the case page, and what is said of a patient and of their diagnoses."""

from __future__ import annotations

from clinic_app.ui.patients.case_sheet import CaseSheet
from clinic_app.ui.patients.case_view import CaseView
from clinic_app.ui.patients.external_sheet import ExternalToxinSheet
from clinic_app.ui.patients.follow_up_sheets import DecisionSheet, DepartureSheet, HoldSheet, StopSheet
from clinic_app.ui.patients.list_view import PatientsView
from clinic_app.ui.patients.patient_sheet import PatientSheet
from clinic_app.ui.patients.picture_sheets import MovePicturesSheet, PictureDateSheet
from clinic_app.ui.widgets.record_sheet import RecordSheet

__all__ = [
    "CaseSheet",
    "CaseView",
    "DecisionSheet",
    "DepartureSheet",
    "ExternalToxinSheet",
    "HoldSheet",
    "MovePicturesSheet",
    "PatientSheet",
    "PatientsView",
    "PictureDateSheet",
    "RecordSheet",
    "StopSheet",
]

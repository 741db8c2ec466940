"""What a room wants done that is not its own business; the shell hears it and opens the right room or sheet."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Intents(QObject):
    """Signals every room may emit. Ids are those of patients and cases; 0 where there is none yet.

    The shell answers all of them: it opens areas and side sheets, shows toasts and asks the services to undo.
    """

    open_case = Signal(int, int)
    """(patient_id, case_id or 0): show the case page."""
    select_case = Signal(int, int)
    """(patient_id, case_id or 0): a row was selected; the inspector follows, nothing opens. (0, 0): nothing is."""
    compare = Signal(int)
    """(case_id): open the viewer on the case's best pair."""
    compare_pair = Signal(int, str, int, int)
    """(case_id, view or "", picture_id, picture_id): open the viewer on these two photographs, the first as A."""
    show_injection = Signal(int, int)
    """(case_id, session_id or 0 for that of the best pair): open the viewer around an injection, its doses beside."""
    open_session = Signal(int, int, int)
    """(patient_id, case_id, session_id): show the case page at this injection."""
    log_call = Signal(int)
    """(case_id): open the call sheet."""
    log_outcome = Signal(int, object)
    """(case_id, Attempt): open the call sheet with what came of it, for its note."""
    correct_call = Signal(int, object)
    """(case_id, ContactAttempt): open the call sheet on a call that was logged."""
    safety_check = Signal()
    """Open the list of diagnoses that no other list would show."""
    book = Signal(int)
    """(case_id): open the booking sheet."""
    book_on = Signal(int, object)
    """(case_id, day): open the booking sheet with that day."""
    plan_day = Signal(object)
    """(day): show the plan of a clinic day."""
    move_booking = Signal(int, object)
    """(case_id, Appointment): open the booking sheet on a booking that stands."""
    not_injected = Signal(object, str)
    """(Appointment, name): open the sheet that closes a booking at which nothing was injected."""
    fill_place = Signal(object)
    """(day): open the sheet that gives a free place to somebody on the waiting list."""
    drug_of = Signal(object, str)
    """(Appointment, name): open the sheet of the drug for a booking."""
    edit_patient = Signal(int)
    """(patient_id, 0 for a new one): open the patient sheet."""
    new_patient = Signal(str)
    """(name as typed, may be empty): open the patient sheet for a new patient."""
    edit_case = Signal(int, int)
    """(patient_id, case_id or 0): open the diagnosis sheet."""
    record_visit = Signal(int, int)
    """(patient_id, case_id or 0): open the visit sheet."""
    external = Signal(int, int)
    """(patient_id, external_id or 0): open the sheet for botulinum toxin given elsewhere."""
    hold = Signal(int)
    """(case_id): open the hold sheet."""
    stop = Signal(int)
    """(case_id): open the stop sheet."""
    departed = Signal(int)
    """(patient_id): open the sheet for a patient who died or moved away."""
    correct = Signal(int)
    """(session_id): open the correction of an injection."""
    import_pictures = Signal(int, object)
    """(patient_id or 0, tuple of paths, empty: ask for them): open the picture import."""
    paste_picture = Signal(int)
    """(patient_id): take the picture of the clipboard."""
    move_pictures = Signal(object)
    """(tuple of picture ids): give photos to another patient."""
    import_register = Signal(str)
    """(path, empty: ask for it): open the register import."""
    export_register = Signal()
    """Open the register export."""
    delete_patient = Signal(int)
    """(patient_id): open the sheet that puts a patient into the bin."""
    delete_case = Signal(int, int)
    """(patient_id, case_id): open the sheet that puts a diagnosis into the bin."""
    gone = Signal(int)
    """(patient_id): the record is in the bin, or part of another: nobody stays on its page."""
    merge_patient = Signal(int)
    """(patient_id): open the sheet that merges another record into this one."""
    versions = Signal(int)
    """(patient_id): show what the record was before."""
    copy_record = Signal(int)
    """(patient_id): open the sheet that writes a copy of the record."""
    audit_of = Signal(int)
    """(patient_id): show who looked at this patient."""
    open_emergency = Signal(int)
    """(patient_id): open the sheet that opens a closed record in an emergency."""
    protect_patient = Signal(int)
    """(patient_id): open the sheet that restricts a record or holds it."""
    print_paper = Signal(object, int)
    """(PaperRequest or PaperKind, patient_id or 0): open the dialog that prints."""
    undo = Signal(int)
    """(undo_id): take a write back."""
    refused = Signal(str)
    """(words): say why something was not done."""
    toast = Signal(str, object)
    """(words, undo_id, a tuple of them in the order written, or None): say what happened; remembered for Ctrl+Z."""

"""Which sheet opens on which intent, and what whoever works must be given for it."""

from __future__ import annotations

from clinic_app.domain.access import Action
from clinic_app.ui.intents import Intents
from clinic_app.ui.shell.rooms import Rooms
from clinic_app.ui.shell.sheet_stand import SheetStand


def open_on_intents(intents: Intents, rooms: Rooms, sheets: SheetStand) -> None:
    """Connect every intent that wants a sheet with that sheet."""
    show = sheets.open
    # --- calls and bookings
    intents.log_call.connect(lambda case: show(lambda: rooms.call(case), Action.REGISTER))
    intents.log_outcome.connect(lambda case, said: show(lambda: rooms.call(case, outcome=said), Action.REGISTER))
    intents.correct_call.connect(lambda case, call: show(lambda: rooms.call(case, call=call), Action.REGISTER))
    intents.book.connect(lambda case: show(lambda: rooms.booking(case), Action.REGISTER))
    intents.book_on.connect(lambda case, day: show(lambda: rooms.booking(case, day=day), Action.REGISTER))
    intents.move_booking.connect(lambda case, one: show(lambda: rooms.booking(case, booking=one), Action.REGISTER))
    intents.not_injected.connect(lambda *one: show(lambda: rooms.not_injected(*one), Action.REGISTER))
    intents.fill_place.connect(lambda day: show(lambda: rooms.free_place(day), Action.REGISTER))
    intents.drug_of.connect(lambda *one: show(lambda: rooms.drug(*one), Action.REGISTER))
    intents.safety_check.connect(lambda: show(rooms.safety))
    # --- patients, diagnoses and injections
    intents.new_patient.connect(lambda name: show(lambda: rooms.patient(0, name), Action.REGISTER))
    intents.edit_patient.connect(lambda one: show(lambda: rooms.patient(one), Action.REGISTER))
    intents.edit_case.connect(lambda *ids: show(lambda: rooms.diagnosis(*ids), Action.EDIT_RECORD))
    intents.record_visit.connect(lambda *ids: show(lambda: rooms.visit(*ids), Action.DRAFT_INJECTION))
    intents.external.connect(lambda *ids: show(lambda: rooms.external(*ids), Action.EDIT_RECORD))
    intents.hold.connect(lambda one: show(lambda: rooms.hold(one), Action.EDIT_RECORD))
    intents.stop.connect(lambda one: show(lambda: rooms.stop(one), Action.EDIT_RECORD))
    intents.departed.connect(lambda one: show(lambda: rooms.departure(one), Action.REGISTER))
    intents.correct.connect(lambda one: show(lambda: rooms.correction(one), Action.EDIT_UNSIGNED))
    intents.delete_patient.connect(lambda one: show(lambda: rooms.delete_patient(one), Action.DELETE))
    intents.delete_case.connect(lambda *ids: show(lambda: rooms.delete_case(*ids), Action.DELETE))
    intents.merge_patient.connect(lambda one: show(lambda: rooms.merge(one), Action.MERGE))
    intents.versions.connect(lambda one: show(lambda: rooms.versions(one)))
    intents.open_emergency.connect(lambda one: show(lambda: rooms.emergency(one)))
    intents.protect_patient.connect(lambda one: show(lambda: rooms.protection(one), Action.MANAGE))
    # --- photographs and files
    intents.import_pictures.connect(sheets.import_pictures)
    intents.paste_picture.connect(sheets.paste_picture)
    intents.move_pictures.connect(lambda ids: show(lambda: rooms.move_pictures(ids), Action.ADD_PHOTOS))
    intents.import_register.connect(sheets.import_register)
    intents.export_register.connect(lambda: show(rooms.register_export, Action.EXPORT_IDENTIFIABLE))
    intents.copy_record.connect(lambda one: show(lambda: rooms.record_copy(one), Action.EXPORT_IDENTIFIABLE))

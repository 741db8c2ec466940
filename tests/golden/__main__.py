"""Makes the golden clinic of this schema: ``python -m tests.golden``. Once, when a schema is released."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

from PIL import Image, ImageDraw

from clinic_app.domain.absences import AbsenceDetails
from clinic_app.domain.access import Action
from clinic_app.domain.calls import CallDetails
from clinic_app.domain.cases import CaseDetails, Side, StopReason
from clinic_app.domain.not_injected import NextPlan, NextStep
from clinic_app.domain.patients import Birth, Identifier, PatientDetails, Phone, Sex
from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt, BookingDetails, Channel, DrugSupply
from clinic_app.domain.treatment import ExternalToxinDetails
from clinic_app.services import Services
from clinic_app.storage.migrations import SCHEMA
from tests.builders import PASSPHRASE, TODAY, Clock, door, give
from tests.golden.answers import PLACE, answers_of, compared, scheduled

EYES = "E01"
BOTOX_DAY, NEXT_BOTOX_DAY = date(2026, 3, 20), date(2026, 3, 24)


def photograph(services: Services, patient: int, folder: Path, day: date) -> None:
    """One drawn photograph of 120 by 90 pixels."""
    image = Image.new("RGB", (120, 90), (patient * 40 % 256, day.day * 8, 90))
    ImageDraw.Draw(image).ellipse((40, 20, 80, 70), fill=(230, 190, 160))
    path = folder / f"IMG-{day:%Y%m%d}-WA{patient:04}.jpg"
    image.save(path)
    services.pictures.import_files(patient, [str(path)], EYES)


def person(services: Services, name: str, mrn: str, *phones: Phone, **also: object) -> tuple[int, int]:
    """A patient with a hemifacial spasm on the right; answers (patient id, case id)."""
    details = PatientDetails(
        name,
        Sex.FEMALE,
        Birth(year=1960),
        (Identifier(mrn),),
        phones,
        **also,  # type: ignore[arg-type]
    )
    patient = services.patients.add(details).result
    assert isinstance(patient, int)
    case = services.cases.add(patient, CaseDetails("hemifacial_spasm", Side.RIGHT)).result
    assert isinstance(case, int)
    return patient, case


def book(services: Services, patient: int, case: int, day: date, at: time, **also: object) -> Appointment:
    """A booking with a time."""
    booked = services.schedule.book(BookingDetails(patient, day, (case,), at, **also)).result  # type: ignore[arg-type]
    assert isinstance(booked, Appointment)
    return booked


def fill(services: Services, folder: Path, clock: Clock) -> None:
    """Calls on several numbers and channels, bookings in every state, a waiting list, doctors who are away."""
    services.access.confirm(PASSPHRASE, Action.MANAGE)
    services.settings.set("gives_times", True, "bookings have times from today on")
    services.settings.set("closed_days", frozenset({date(2026, 4, 14)}), "new year")
    services.settings.set("places_over", 1, "one place over is enough")
    daughter, own = Phone("98400 10001", "daughter", "Hindi", preferred=True), Phone("98400 10002", "own")
    asha, eyes = person(services, "Asha Verma", "4127", daughter, own, village="Nemili", language="Hindi")
    for back in (240, 110):
        give(services, asha, eyes, TODAY - timedelta(days=back), "25")
        photograph(services, asha, folder, TODAY - timedelta(days=back))
    clock.go_to(TODAY - timedelta(days=3))
    services.schedule.log_call(eyes, Attempt.NO_ANSWER, TODAY, channel=Channel.CALL, phone_number="98400 10002")
    services.schedule.log_call(eyes, Attempt.TOLD_FAMILY, TODAY, "daughter", "comes after the harvest",
                               phone_number="98400 10001", call_again_at=time(17, 30))  # fmt: skip
    wrong = services.schedule.log_call(eyes, Attempt.NO_ANSWER, channel=Channel.TEXT).result
    assert isinstance(wrong, int)
    services.calls.correct(wrong, CallDetails(Attempt.WILL_COME, TODAY + timedelta(days=9), note="answered the text"))
    clock.go_to(TODAY)
    services.absences.add(AbsenceDetails("Dr Sen", date(2026, 5, 1), date(2026, 5, 15), 8, "leave"))
    services.absences.add(AbsenceDetails("Dr Rao", date(2026, 6, 1), date(2026, 6, 2), 0))
    services.absences.take_back(services.absences.to_come()[-1].id)
    bela, bela_case = person(services, "Bela Shah", "5001", Phone("98400 10003"), may_be_texted=False)
    give(services, bela, bela_case, TODAY - timedelta(days=120), "30")
    brought = {"drug": DrugSupply.PATIENT_BRINGS, "drug_product": "ona", "drug_batch": "C7654"}
    bring = book(services, bela, bela_case, NEXT_BOTOX_DAY, time(9), injector="Dr Rao", minutes=30, **brought)
    services.schedule.set_status(bring.id, AppointmentStatus.CONFIRMED)
    chitra, chitra_case = person(services, "Chitra Nair", "5002", Phone("98400 10004"), may_be_written_to=False)
    give(services, chitra, chitra_case, TODAY - timedelta(days=130), "20")
    services.waiting.wait(BookingDetails(chitra, NEXT_BOTOX_DAY, (chitra_case,), wait_until=date(2026, 4, 30)))
    devi, devi_case = person(services, "Devi Menon", "5003", Phone("98400 10005"), may_be_called=False)
    give(services, devi, devi_case, TODAY - timedelta(days=100), "20")
    services.schedule.log_call(devi_case, Attempt.WORN_OFF, phone_number="98400 10005")
    services.treatment.add_external(
        devi, ExternalToxinDetails(TODAY - timedelta(days=20), "abo", Decimal(120), devi_case, "City hospital")
    )
    esha, esha_case = person(services, "Esha Rao", "5004", Phone("98400 10006"))
    give(services, esha, esha_case, TODAY - timedelta(days=140), "20")
    came = book(services, esha, esha_case, BOTOX_DAY, time(10, 20))
    farah, farah_case = person(services, "Farah Ali", "5005", Phone("98400 10007"))
    give(services, farah, farah_case, TODAY - timedelta(days=90), "20")
    missed = book(services, farah, farah_case, BOTOX_DAY, time(9, 40))
    gita, gita_case = person(services, "Gita Das", "5006", Phone("98400 10008"))
    give(services, gita, gita_case, TODAY - timedelta(days=95), "20")
    given_up = book(services, gita, gita_case, NEXT_BOTOX_DAY, time(11))
    services.schedule.set_status(given_up.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    services.cases.hold(gita_case, date(2026, 7, 1), "pregnancy", cancel_bookings=True)
    _, hema_case = person(services, "Hema Iyer", "5007", Phone("98400 10009"))
    services.cases.stop(hema_case, StopReason.REMISSION, TODAY, "no spasm for a year")
    clock.go_to(BOTOX_DAY)
    services.schedule.set_status(came.id, AppointmentStatus.ARRIVED)
    services.not_injected.close(came.id, NextPlan(NextStep.COME_BACK, date(2026, 4, 7), time(9), "no drug today"))
    services.schedule.set_status(missed.id, AppointmentStatus.NO_SHOW)


def main() -> None:
    """Make the clinic and write down what it answers."""
    os.environ["CLINIC_KDF_FAST"] = "1"
    schema = f"{SCHEMA:04}"
    if (PLACE / schema).exists():
        sys.exit(f"{PLACE / schema} is there already; a released clinic stays as it is")
    clock = Clock()
    created = door(clock).create(str(PLACE / schema), "Golden clinic", "Dr Rao", PASSPHRASE)
    with tempfile.TemporaryDirectory() as folder:
        fill(created.services, Path(folder), clock)
    services = created.services
    said_of = {"answers": answers_of(services), "compared": compared(services), "scheduled": scheduled(services)}
    services.close()
    for name, said in said_of.items():
        path = PLACE / f"{schema}-{name}.json"
        path.write_text(json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    for name in ("tries.json", "tries.json.bak", "lock", "vault.lock"):
        (PLACE / schema / name).unlink(missing_ok=True)
    print(*created.recovery_codes, sep="\n")


if __name__ == "__main__":
    main()

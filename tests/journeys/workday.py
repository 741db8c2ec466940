"""A day of a clinic in a process of its own: everything it writes lies below one folder, and it may open no connection.

``python -m tests.journeys.workday TREE SOURCES``: the clinic is made in TREE/data, backed up to TREE/backups; SOURCES
holds the register and the photographs. It says ``open`` with the clinic still open and ends when its input does.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

FAMILIES = {2, 10, 23, 30}
"""AF_INET, and AF_INET6 as Linux, Windows and macOS number it."""


def forbid_connections() -> None:
    """End the process at the first socket of an internet family, or name that is looked up."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        internet = event == "socket.__new__" and int(str(arguments[1])) in FAMILIES
        if internet or event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
            sys.stdout.write(f"socket {event} {arguments[1:]}\n")
            sys.stdout.flush()
            os._exit(66)

    sys.addaudithook(watch)


def work(tree: Path, sources: Path) -> None:
    """The day."""
    from clinic_app.domain.access import Action
    from clinic_app.domain.drafts import DraftKind
    from clinic_app.domain.errors import ClinicError
    from clinic_app.domain.schedule import BookingDetails
    from clinic_app.machine.faults import keep_faults_quiet
    from clinic_app.machine.log import start_log
    from tests.builders import PASSPHRASE, TODAY, Clock, door, give

    keep_faults_quiet()
    clock = Clock(TODAY)
    (tree / "backups").mkdir()
    folder = tree / "data"
    services = door(clock).create(str(folder), "Test clinic", "Dr Rao", PASSPHRASE).services
    start_log(folder / "logs", logging.DEBUG)
    logging.getLogger("clinic_app.workday").warning("working with %s", "Canaryname")
    report = services.register.commit(str(sources / "register.csv")).result
    logging.getLogger("clinic_app.workday").info("register %s", report)
    patients = services.patients.everybody()
    for patient in patients[:5]:
        services.pictures.import_files(patient.id, [str(sources / "photos")])
        page = services.patients.page(patient.id)
        case_id = page.cases[0].case.id
        give(services, patient.id, case_id, TODAY)
        day = services.schedule.suggested_days(case_id)[0].day + timedelta(days=120)
        with suppress(ClinicError):
            services.schedule.book(BookingDetails(patient.id, day, (case_id,), note=patient.name))
        for _, entry in services.pictures.all(patient.id):
            services.pictures.thumbnail(entry.picture.id)
            services.pictures.full(entry.picture.id)
        try:
            services.patients.add(patient.details)
        except ClinicError:
            logging.getLogger("clinic_app.workday").exception("refused %s", patient.name)
        services.patients.entries(patient.name)
        services.drafts.keep(DraftKind.VISIT, patient.id, {"note": f"half a note about {patient.name}"})
    services.schedule.due()
    services.access.confirm(PASSPHRASE, Action.MANAGE)
    services.backups.set_places([str(tree / "backups")])
    services.backups.run()
    services.check(full=True)
    services.close()
    with suppress(ClinicError):
        door(clock).open(str(folder), f"not the passphrase of {patients[0].name}")
    services = door(clock).open(str(folder), PASSPHRASE)
    services.drafts.keep(DraftKind.VISIT, patients[0].id, {"note": f"another half about {patients[0].name}"})
    services.pictures.thumbnail(services.pictures.all()[0][1].picture.id)
    sys.stdout.write("open\n")
    sys.stdout.flush()
    sys.stdin.read()
    services.close()


if __name__ == "__main__":
    forbid_connections()
    work(Path(sys.argv[1]), Path(sys.argv[2]))

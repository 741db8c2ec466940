"""What the clinic does with photographs: import, tag, date, move, and put the right two side by side."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import OtherDiagnosis, PairAnswer, PictureImport, PictureImportReport
from clinic_app.domain.cases import Case
from clinic_app.domain.changes import Changes, Progress, Report, Topic, carry_on
from clinic_app.domain.errors import ClinicError, DamageFound, FileRefused, NotFound, RuleBroken, StorageUnavailable
from clinic_app.domain.marks import on_pictures
from clinic_app.domain.measurements import in_pictures
from clinic_app.domain.picture_files import Pixels, ReadPicture, ending_of
from clinic_app.domain.pictures import (
    Certainty,
    Injected,
    Phase,
    Picture,
    PictureEntry,
    TakenAt,
    cycle_of,
    cycle_pairs,
    phase_of,
    picture_sessions,
    right_pair,
    taken_at,
)
from clinic_app.imaging.decode import decode_jpeg, turned, turned_jpeg
from clinic_app.services.context import ClinicContext, changes, injections_of
from clinic_app.services.measuring import give_to
from clinic_app.services.needs import needs
from clinic_app.services.orphans import hold_on_to
from clinic_app.services.patients import case_of_view
from clinic_app.storage.picture_store import PictureKind
from clinic_app.storage.pictures import NewPicture
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.pictures import dose_words, kinds_words

PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".webp", ".heic", ".heif"})
LEFT_BY_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
MOST_FILES = 5000
ANY_VIEW = "F01"
"""The view asked about where a condition has none of its own: the face, at rest."""


class PictureReading(Protocol):
    """Reads foreign picture files, away from everything that holds a key."""

    def read(self, source: Path | bytes, name: str | None = None) -> ReadPicture:
        """Read one file or its bytes. Raises ``FileRefused``."""
        ...


OpenReader = Callable[[], AbstractContextManager[PictureReading]]


@dataclass(frozen=True, slots=True)
class _Incoming:
    """One file to take: where it lies (None for pasted bytes), its name and its bytes if they are here already."""

    path: Path | None
    name: str
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class _TreatedCase:
    """A case with its injections, oldest first, as photographs are placed by them."""

    case: Case
    injections: tuple[Injected, ...]


class PicturesService:
    """The photographs of the clinic's patients."""

    def __init__(self, context: ClinicContext, open_reader: OpenReader) -> None:
        self._context = context
        self._open_reader = open_reader

    @needs(Action.ADD_PHOTOS, patient="patient_id")
    def import_files(
        self,
        patient_id: int,
        paths: Sequence[str],
        view: str | None = None,
        report: Report = carry_on,
        each: Callable[[PictureImport], None] | None = None,
    ) -> Changes:
        """Take photographs from files and folders; ``result`` is a ``PictureImportReport``.

        Each file is read in a separate process, sealed, and entered in a transaction of its own, so that stopping or a
        power cut keeps what was told as taken. ``each`` is told of every file after its commit. The same content of the
        same patient is a duplicate; that of another patient is taken and says so. Files of a folder that do not end
        like a photograph are counted, not read. Stopping keeps the files taken so far and says so.

        Raises:
            FileRefused: ``no_pictures_here``, ``no_pictures_among_files``, ``too_many_files``, ``folder_not_readable``.
            StorageUnavailable: what was told as taken until then is kept.
        """
        endings: Counter[str] = Counter()
        incoming = list(_walk([Path(path) for path in paths], endings))
        others = tuple(sorted(endings.items(), key=lambda one: (-one[1], not one[0], one[0])))
        if not incoming and others:
            raise FileRefused("no_pictures_among_files", str(paths[0]), kinds=kinds_words(others))
        if not incoming:
            raise FileRefused("no_pictures_here", str(paths[0]) if paths else "")
        if len(incoming) > MOST_FILES:
            raise FileRefused("too_many_files", str(paths[0]), count=len(incoming), most=MOST_FILES)
        return self._import(patient_id, incoming, view, report, each, others)

    @needs(Action.ADD_PHOTOS, patient="patient_id")
    def import_bytes(
        self, patient_id: int, data: bytes, name: str = "", view: str | None = None, report: Report = carry_on
    ) -> Changes:
        """Take one pasted photograph; ``result`` as for ``import_files``."""
        return self._import(patient_id, [_Incoming(None, name or f"pasted{ending_of(data)}", data)], view, report, None)

    def _import(
        self,
        patient_id: int,
        incoming: list[_Incoming],
        view: str | None,
        report: Report,
        each: Callable[[PictureImport], None] | None,
        others: tuple[tuple[str, int], ...] = (),
    ) -> Changes:
        context = self._context
        if view is not None and view not in context.catalogues.views:
            raise RuleBroken("view", "unknown_view", view=view)
        with context.units.read() as unit:
            unit.patients.get(patient_id)
            context.check_clock(unit)
        done: list[PictureImport] = []
        cancelled = False
        with context.importing(), self._open_reader() as reader:
            for position, item in enumerate(incoming):
                if not report(Progress(position, len(incoming), "importing_pictures", item.name)):
                    cancelled = True
                    break
                done.append(self._take(reader, patient_id, item, view))
                if each is not None:
                    each(done[-1])
        taken = [item.picture for item in done if item.picture is not None and item.result == "imported"]
        undo = None
        if taken:
            with context.units.open() as unit:
                context.refresh(unit, [patient_id])
                ids = [picture.id for picture in taken]
                undo = unit.clinic.add_undo("pictures", {"pictures": ids, "patient": patient_id})
                unit.commit()
        groups = picture_sessions([picture.taken for picture in taken])
        result = PictureImportReport(
            tuple(done),
            tuple(tuple(taken[index].id for index in group) for group in groups),
            tuple(self._deletable(done)),
            cancelled,
            others,
        )
        return changes(Topic.PICTURES, Topic.SCHEDULE, undo=undo, result=result)

    def _take(self, reader: PictureReading, patient_id: int, item: _Incoming, view: str | None) -> PictureImport:
        shown = str(item.path) if item.path is not None else item.name
        try:
            source = item.path if item.path is not None else item.data
            if source is None:
                raise FileRefused("picture_empty", shown)
            read = reader.read(source, item.name)
            return self._keep(patient_id, shown, item.name, read, view)
        except StorageUnavailable:
            raise
        except ClinicError as error:
            return PictureImport(shown, "refused", error.code, error=error)

    def _keep(self, patient_id: int, shown: str, name: str, read: ReadPicture, view: str | None) -> PictureImport:
        context = self._context
        with context.units.read() as unit:
            known = [p for p in unit.pictures.with_sha256(read.sha256) if p.patient_id == patient_id]
        if known:
            return PictureImport(shown, "duplicate", "", known[0], read.sha256)
        contents = (
            (PictureKind.ORIGINAL, read.original),
            (PictureKind.DISPLAY, read.display),
            (PictureKind.PREVIEW, read.preview),
            (PictureKind.THUMBNAIL, read.thumbnail),
        )
        original, display, preview, thumbnail = ids = [context.store.put(*one) for one in contents]
        new = NewPicture(
            patient_id,
            view,
            taken_at(name, read.camera.taken_text, today=context.today()),
            read.width,
            read.height,
            read.sha256,
            original,
            display,
            preview,
            thumbnail,
            name,
            read.camera.model or "",
            tuple(note.value for note in read.notes),
            tuple(len(content) for _, content in contents),
        )
        with context.units.open() as unit:
            same = unit.pictures.with_sha256(read.sha256)
            meanwhile = [p for p in same if p.patient_id == patient_id]
            if meanwhile:
                return PictureImport(shown, "duplicate", "", meanwhile[0], read.sha256)
            kept_for = unit.patients.get(same[0].patient_id).mrn if same else ""
            picture = unit.pictures.add(new)
            hold_on_to(context.store, dict(zip(ids, contents, strict=True)))
            unit.commit()
        return PictureImport(shown, "imported", "", picture, read.sha256, kept_for=kept_for)

    def _deletable(self, done: Sequence[PictureImport]) -> Iterator[str]:
        """The source files whose sealed copies were read back and found whole."""
        for item in done:
            if item.picture is None or item.result == "refused" or not Path(item.path).is_file():
                continue
            if self._whole(item.picture):
                yield item.path

    def _whole(self, picture: Picture) -> bool:
        """Whether the sealed original, read back, is what was taken."""
        try:
            original = self._context.store.get(picture.original)
        except (DamageFound, NotFound):
            return False
        return hashlib.sha256(original).hexdigest() == picture.sha256

    @needs(Action.ADD_PHOTOS)
    def delete_sources(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Delete source files whose content is what is kept here, read back whole; answers those deleted.

        From then on the imports that brought these photographs are not taken back (``sources_deleted``): what is kept
        here is all there is.

        Raises:
            FileRefused: ``source_not_deleted``; the files before it are gone.
        """
        deleted: list[str] = []
        for name in paths:
            path = Path(name)
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            with self._context.units.read() as unit:
                known = unit.pictures.with_sha256(digest) if digest else ()
            if any(self._whole(picture) for picture in known):
                ended = self._end_undo({picture.id for picture in known})
                try:
                    path.unlink()
                except OSError as error:
                    self._open_undo(ended)
                    raise FileRefused("source_not_deleted", name, reason=error.strerror or "") from error
                deleted.append(name)
        return tuple(deleted)

    def _end_undo(self, picture_ids: set[int]) -> dict[int, dict[str, object]]:
        """The imports of these photographs cannot be taken back any more; answers their inverse commands before."""
        ended: dict[int, dict[str, object]] = {}
        with self._context.units.open() as unit:
            for undo_id, content in unit.clinic.open_undos("pictures"):
                brought = content.get("pictures")
                if not content.get("sources_deleted") and picture_ids & set(
                    brought if isinstance(brought, list) else ()
                ):
                    ended[undo_id] = content
                    unit.clinic.set_undo(undo_id, {**content, "sources_deleted": True})
            if ended:
                unit.commit()
        return ended

    def _open_undo(self, ended: Mapping[int, dict[str, object]]) -> None:
        """The source is still there: what was ended for its sake is open again."""
        if not ended:
            return
        with self._context.units.open() as unit:
            for undo_id, content in ended.items():
                unit.clinic.set_undo(undo_id, content)
            unit.commit()

    @needs(Action.SEE_PHOTOS, patient="patient_id")
    def entries(self, patient_id: int) -> tuple[PictureEntry, ...]:
        """A patient's photographs, oldest first, with where they stand."""
        with self._context.units.read() as unit:
            return tuple(self._placed(unit, unit.pictures.of_patient(patient_id)))

    def _placed(self, unit: UnitOfWork, pictures: Sequence[Picture]) -> Iterator[PictureEntry]:
        """Where photographs stand between the injections; asks once for all patients they are of."""
        owners = sorted({picture.patient_id for picture in pictures})
        events, cases = unit.treatment.events(owners), unit.cases.of_patients(owners)
        treated: dict[int, tuple[_TreatedCase, ...]] = {}
        elsewhere: dict[int, list[date]] = {}
        for owner in owners:
            own = events.get(owner, ())
            treated[owner] = tuple(_TreatedCase(case, injections_of(case.id, own)) for case in cases.get(owner, ()))
            elsewhere[owner] = [event.day for event in own if event.external]
        for picture in pictures:
            case = case_of_view(self._context, treated[picture.patient_id], picture.view)
            phase = phase_of(
                picture.taken,
                case.injections if case else (),
                known_after=picture.known_after,
                elsewhere=elsewhere[picture.patient_id],
                others=[each.day for one in treated[picture.patient_id] if one is not case for each in one.injections],
            )
            yield _entry(picture, phase, case.case.id if case else None)

    @needs(Action.ADD_PHOTOS, picture="picture_ids")
    def set_view(self, picture_ids: Sequence[int], view: str | None) -> Changes:
        """Tag photographs with a view."""
        return self.set_views(dict.fromkeys(picture_ids, view))

    @needs(Action.ADD_PHOTOS, picture="views")
    def set_views(self, views: Mapping[int, str | None]) -> Changes:
        """Tag photographs (by id) each with a view of its own, as one step that is taken back as one."""
        context = self._context
        for view in views.values():
            if view is not None and view not in context.catalogues.views:
                raise RuleBroken("view", "unknown_view", view=view)
        with context.units.open() as unit:
            context.check_clock(unit)
            before = {str(id_): unit.pictures.set_view(id_, view) for id_, view in views.items()}
            context.refresh(unit, {unit.pictures.get(id_).patient_id for id_ in views})
            undo = unit.clinic.add_undo("views", {"views": before})
            unit.commit()
        return changes(Topic.PICTURES, undo=undo)

    @needs(Action.ADD_PHOTOS, picture="picture_ids")
    def set_taken(self, picture_ids: Sequence[int], day: date | None, known_after: bool = False) -> Changes:
        """Say on which day photographs were taken (None: unsure), and whether after that day's injection.

        Raises:
            RuleBroken: ``picture_in_future``, ``picture_before_birth``.
        """
        context = self._context
        if day is not None and day > context.today():
            raise RuleBroken("day", "picture_in_future", day=day, today=context.today())
        with context.units.open() as unit:
            context.check_clock(unit)
            before: dict[str, object] = {}
            owners: set[int] = set()
            for id_ in picture_ids:
                picture = unit.pictures.get(id_)
                owners.add(picture.patient_id)
                born = unit.patients.get(picture.patient_id).details.birth.earliest
                if day is not None and born is not None and day < born:
                    raise RuleBroken("day", "picture_before_birth", day=day, born=born)
                same_day = picture.taken.day == day and picture.taken.known
                typed = TakenAt(day, None, Certainty.TYPED if day is not None else Certainty.UNSURE)
                said, after = unit.pictures.set_taken(
                    id_, picture.taken if same_day else typed, known_after=known_after
                )
                before[str(id_)] = {
                    "day": said.day.isoformat() if said.day else None,
                    "clock": said.clock.isoformat() if said.clock else None,
                    "certainty": said.certainty.value,
                    "known_after": after,
                }
            context.refresh(unit, owners)
            undo = unit.clinic.add_undo("taken", {"taken": before})
            unit.commit()
        return changes(Topic.PICTURES, Topic.SCHEDULE, undo=undo)

    @needs(Action.ADD_PHOTOS, picture="picture_ids", patient="to_patient_id")
    def move(self, picture_ids: Sequence[int], to_patient_id: int) -> Changes:
        """Give photographs that were put on the wrong patient to the right one.

        What was measured in them and drawn on them goes along. Pins and alignments of the wrong patient's cases go;
        taking the move back brings them back.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            unit.patients.get(to_patient_id)
            there = {picture.sha256 for picture in unit.pictures.of_patient(to_patient_id)}
            for id_ in picture_ids:
                if unit.pictures.get(id_).sha256 in there:
                    raise RuleBroken("patient", "picture_already_there")
            before = give_to(unit, dict.fromkeys(picture_ids, to_patient_id))
            context.refresh(unit, {to_patient_id, *before.values()})
            owners = {str(id_): owner for id_, owner in before.items()}
            undo = unit.clinic.add_undo("moved", {"owners": owners, **unit.bin.so_far().content})
            unit.commit()
        return changes(Topic.PICTURES, Topic.SCHEDULE, undo=undo)

    @needs(Action.SEE_PHOTOS, case="case_id", view="patient")
    def pair(self, case_id: int, view: str | None = None, session_id: int | None = None) -> PairAnswer:
        """The right pair of a case, of one view or of the best one, with everything the viewer shows beside it.

        ``session_id``: where no view is said, it is one with photographs around this injection.
        """
        context = self._context
        with context.units.read() as unit:
            cases = unit.cases.family(case_id)
            case = next(one for one in cases if one.id == case_id)
            patient = unit.patients.get(case.patient_id)
            events = unit.treatment.events([case.patient_id]).get(case.patient_id, ())
            pictures = unit.pictures.of_patient(case.patient_id)
            sites = unit.treatment.site_counts(case.patient_id)
            treated = {
                one.id: _TreatedCase(
                    one,
                    tuple(
                        replace(each, units_text=dose_words(each.units_text, sites.get(each.session_id, 0)))
                        for each in injections_of(one.id, events)
                    ),
                )
                for one in cases
            }
            injections = treated[case_id].injections
            pins = unit.pictures.pins(case_id)
            said = unit.comparison.peak_day(case_id)
            state = unit.comparison.state(case_id)
            usual = context.peak_day(case.condition)
            peak_day = usual if said is None else said
            owners = self._owners(case_id, tuple(treated.values()), {one.view for one in pictures if one.view})
            views = self._views(case.condition, [one for one in pictures if one.view not in owners])
            seen = state.view if state.view in views else None
            asked = view if view not in owners else None
            around = _view_around(views, seen, pictures, injections, session_id, peak_day) if session_id else None
            best = around or seen or self._best_view(views, pictures, injections, pins, case.condition, peak_day)
            chosen = asked or best
            alignments = unit.comparison.alignments(case_id, chosen)
            by_id = {one.id: one for one in pictures}
            measured = in_pictures(unit.measurements.of_case(case_id), by_id)
            marks = on_pictures(unit.marks.on(list(by_id)), by_id)
        pair = right_pair(pictures, injections, chosen, peak_day=peak_day, pinned=pins.get(chosen))
        cycles = cycle_pairs(pictures, injections, chosen, peak_day=peak_day)
        entries = []
        for picture in pictures:
            of = owners.get(picture.view or "", case_id)
            phase = phase_of(
                picture.taken,
                treated[of].injections,
                known_after=picture.known_after,
                elsewhere=[event.day for event in events if event.external and event.case_id in (None, of)],
                others=[each.day for id_, one in treated.items() if id_ != of for each in one.injections],
            )
            entries.append(_entry(picture, phase, of))
        place = next(place for place, one in enumerate(cases) if one.id == case_id)
        others = tuple(
            OtherDiagnosis(one, self._views(one.condition, [p for p in pictures if owners.get(p.view or "") == one.id]))
            for one in (*cases[place + 1 :], *cases[:place])
        )
        may_write = context.access.may(Action.ADD_PHOTOS, case.patient_id)
        return PairAnswer(
            patient, case, pair, tuple(entries), injections, views, cycles, alignments, state, usual, said, may_write,
            measured, others, marks, pins,
        )  # fmt: skip

    def _owners(self, case_id: int, cases: tuple[_TreatedCase, ...], views: set[str]) -> dict[str, int]:
        """Which other case has a view that its protocol wants and that of this one does not, by view."""
        wanted = {one.case.id: self._wanted(one.case.condition) for one in cases}
        owners = {}
        for view in views - wanted[case_id]:
            owner = case_of_view(self._context, tuple(one for one in cases if view in wanted[one.case.id]), view)
            if owner is not None:
                owners[view] = owner.case.id
        return owners

    def _wanted(self, condition: str) -> frozenset[str]:
        """The views of the protocol of a condition."""
        if not self._known(condition):
            return frozenset()
        return frozenset(view.code for view in self._context.catalogues.views_for(condition))

    def _views(self, condition: str, pictures: Sequence[Picture]) -> tuple[str, ...]:
        context = self._context
        there = {picture.view for picture in pictures if picture.view is not None}
        order = [view.code for view in context.catalogues.views_for(condition)] if self._known(condition) else []
        order += [code for code in context.catalogues.views if code not in order]
        return tuple(code for code in order if code in there)

    def _best_view(
        self,
        views: Sequence[str],
        pictures: Sequence[Picture],
        injections: Sequence[Injected],
        pins: Mapping[str, tuple[int, int]],
        condition: str,
        peak_day: int,
    ) -> str:
        """The first view, the main one ahead, that has both sides; else the first that has photographs."""
        for code in views:
            pair = right_pair(pictures, injections, code, peak_day=peak_day, pinned=pins.get(code))
            if pair.a is not None and pair.b is not None:
                return code
        main = self._context.catalogues.conditions[condition].main_view if self._known(condition) else ""
        return views[0] if views else main or ANY_VIEW

    def _known(self, condition: str) -> bool:
        return condition in self._context.catalogues.conditions

    @needs(Action.ADD_PHOTOS, case="case_id")
    def pin(self, case_id: int, view: str, a_id: int, b_id: int) -> Changes:
        """Pin a pair: from now on it wins over the rule.

        Raises:
            RuleBroken: ``picture_of_another_patient``, ``picture_of_another_view``.
        """
        return self._set_pin(case_id, view, (a_id, b_id))

    @needs(Action.ADD_PHOTOS, case="case_id")
    def unpin(self, case_id: int, view: str) -> Changes:
        """Take the pin away."""
        return self._set_pin(case_id, view, None)

    def _set_pin(self, case_id: int, view: str, pair: tuple[int, int] | None) -> Changes:
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patient_id = unit.cases.get(case_id).patient_id
            pictures = [unit.pictures.get(id_) for id_ in pair or ()]
            if any(picture.patient_id != patient_id for picture in pictures):
                raise RuleBroken("pair", "picture_of_another_patient")
            if any(picture.view != view for picture in pictures):
                raise RuleBroken("view", "picture_of_another_view")
            unit.pictures.set_pin(case_id, view, pair)
            undo = context.undoable(unit, "sorted", patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo)

    @needs(Action.SEE_PHOTOS, picture="picture_id", view="photos")
    def thumbnail(self, picture_id: int) -> bytes:
        """The thumbnail of a photograph, a JPEG of at most 320 px. Raises ``DamageFound``, ``NotFound``."""
        picture = self._picture(picture_id)
        return turned_jpeg(self._context.store.get(picture.thumbnail), picture.turned)

    @needs(Action.SEE_PHOTOS, picture="picture_id", view="photos")
    def preview(self, picture_id: int) -> Pixels:
        """The preview of a photograph, decoded, at most 2048 px."""
        picture = self._picture(picture_id)
        return turned(decode_jpeg(self._context.store.get(picture.preview)), picture.turned)

    @needs(Action.SEE_PHOTOS, picture="picture_id", view="photos")
    def full(self, picture_id: int) -> Pixels:
        """A photograph at full size; heavy."""
        picture = self._picture(picture_id)
        return turned(decode_jpeg(self._context.store.get(picture.display)), picture.turned)

    @needs(Action.SEE_PHOTOS, picture="picture_id", view="photos")
    def half(self, picture_id: int) -> Pixels:
        """A photograph at half its full size (odd sides round up); three quarters as heavy."""
        picture = self._picture(picture_id)
        longer = max(picture.width, picture.height)
        return turned(decode_jpeg(self._context.store.get(picture.display), (longer + 1) // 2), picture.turned)

    @needs(Action.SEE_PHOTOS, patient="patient_id")
    def all(self, patient_id: int | None = None) -> tuple[tuple[str, PictureEntry], ...]:
        """Every photograph, or one patient's, with the patient's mrn; for the command line's list."""
        hidden = self._context.access.hidden()
        with self._context.units.read() as unit:
            pictures = [picture for picture in unit.pictures.all(patient_id) if picture.patient_id not in hidden]
            people = unit.patients.by_ids(sorted({picture.patient_id for picture in pictures}))
            placed = [(people[entry.picture.patient_id].mrn, entry) for entry in self._placed(unit, pictures)]
        return tuple(sorted(placed, key=lambda one: one[0]))

    def _picture(self, picture_id: int) -> Picture:
        with self._context.units.read() as unit:
            return unit.pictures.get(picture_id)


def _view_around(
    views: Sequence[str],
    seen: str | None,
    pictures: Sequence[Picture],
    injections: Sequence[Injected],
    session_id: int,
    peak_day: int,
) -> str | None:
    """The view seen last, else the first, that has both sides of an injection; else one side; None: no view has any."""
    cycle = cycle_of(session_id, injections)
    found: dict[int, str] = {}
    for code in sorted(views, key=lambda code: code != seen):
        for pair in cycle_pairs(pictures, injections, code, peak_day=peak_day):
            if pair.injection == cycle:
                sides = (pair.a is not None and not pair.a_is_first_ever) + (pair.b is not None)
                found.setdefault(sides, code)
    return found.get(2) or found.get(1)


def _entry(picture: Picture, phase: Phase, case_id: int | None) -> PictureEntry:
    return PictureEntry(picture, phase, phase.injection.session_id if phase.injection else None, case_id)


def _is_folder(path: Path) -> bool:
    """Whether it is a folder that may be looked into; what may not even be looked at is refused as a file, later.

    Raises:
        FileRefused: ``folder_not_readable``.
    """
    try:
        if not path.is_dir():
            return False
    except OSError:
        return False
    try:
        with os.scandir(path):
            return True
    except OSError as error:
        raise FileRefused("folder_not_readable", str(path), reason=error.strerror or "") from error


def _walk(paths: Sequence[Path], others: Counter[str]) -> Iterator[_Incoming]:
    """Files as they were named; folders are walked for everything that ends like a picture, in the order of names.

    ``others`` counts the endings of the rest, but for hidden files and what file managers leave behind.

    Raises:
        FileRefused: ``folder_not_readable``.
    """
    for path in paths:
        if _is_folder(path):
            for inside in sorted(path.rglob("*")):
                if inside.name.startswith(".") or inside.is_dir():
                    continue
                if inside.suffix.lower() in PICTURE_ENDINGS:
                    yield _Incoming(inside, inside.name)
                elif inside.name.lower() not in LEFT_BY_SYSTEMS and inside.is_file():
                    others[inside.suffix.lower()] += 1
        else:
            yield _Incoming(path, path.name)

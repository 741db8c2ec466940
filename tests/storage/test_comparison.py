"""Alignments, turns, measurements, marks and what the viewer remembers, on both engines."""

from __future__ import annotations

from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.comparison import CompareState, Remembered
from clinic_app.domain.marks import Mark, MarkKind
from clinic_app.domain.measurements import MeasureKind
from clinic_app.services import Services
from clinic_app.storage.unit import UnitsOfWork
from tests.builders import add_patient
from tests.services.test_bin import full_record, rows_of

VIEW = "F01"
POINTS = ((0.1, 0.2), (0.3, 0.2))


def shown(services: Services, case_id: int) -> object:
    """What the viewer shows of a case, but for the counters of changes."""
    answer = services.pictures.pair(case_id, VIEW)
    turns = [(one.picture.id, one.picture.turned) for one in answer.pictures]
    return answer.alignments, answer.measured, answer.marks, answer.state, answer.peak_day, turns


def test_a_comparison_is_kept_changed_and_taken_back(services: Services) -> None:
    _, case, (first, second) = full_record(services, 2)
    state = CompareState(VIEW, {VIEW: Remembered((first, second))})
    services.comparison.remember(case, state)
    before = shown(services, case)
    iris = services.measuring.measure(case, second, MeasureKind.IRIS, POINTS)
    turned = services.comparison.turn_all((first, second), 1)
    drawn = services.marking.draw(first, Mark(0, first, MarkKind.TEXT, POINTS[:1], "here – ≈ 1 mm"))
    assert shown(services, case) != before
    assert services.pictures.pair(case, VIEW).alignments == {}
    for one in (drawn, turned, iris):
        assert one.undo is not None
        services.undo(one.undo)
    assert shown(services, case) == before
    assert services.pictures.pair(case, VIEW).state == state


def test_a_photograph_is_moved_binned_and_brought_back_with_all_that_belongs_to_it(services: Services) -> None:
    patient, case, (_, second) = full_record(services, 2)
    other, other_case = add_patient(services, "Somebody Else", "77", phone="98111 00001")
    rows, before = rows_of(services), shown(services, case)
    moved = services.pictures.move([second], other)
    assert [one.picture_id for one in services.pictures.pair(other_case, VIEW).measured] == [second]
    assert services.pictures.pair(case, VIEW).alignments == {}
    assert moved.undo is not None
    services.undo(moved.undo)
    assert shown(services, case) == before
    for taken in (services.bin.delete_photo([second], "blurred"), services.bin.delete_case(case, "never so"),
                  services.bin.delete_patient(patient, "entered twice")):  # fmt: skip
        assert taken.undo is not None
    for entry in services.bin.entries():
        services.bin.restore(entry.id)
    assert shown(services, case) == before
    merged = services.merge.merge(other, patient, "the same person, entered twice")
    assert merged.undo is not None
    services.undo(merged.undo)
    assert shown(services, case) == before
    after = rows_of(services)
    assert {table: len(found) for table, found in after.items()} == {table: len(found) for table, found in rows.items()}
    with services.context.units.read() as unit:
        assert list(unit.photo_ties.strays()) == []
        assert unit.audit.verify(rows=True).problems == ()


def test_what_was_measured_for_a_case_that_an_undone_import_takes_away_stays_with_its_photograph(
    services: Services,
) -> None:
    patient, _, (_, second) = full_record(services, 2)
    case = services.cases.add(patient, CaseDetails("hemifacial_spasm", Side.LEFT)).result
    assert isinstance(case, int)
    figure = services.measuring.measure(case, second, MeasureKind.ANGLE, ((0.1, 0.2), (0.3, 0.2), (0.3, 0.4))).result
    with services.context.units.open() as unit:
        unit.cases.delete([case])
        unit.commit()
    with services.context.units.read() as unit:
        other = unit.cases.of_patient(patient)[0].id
        assert [one.id for one in unit.measurements.of_no_case([second])] == [figure]
        assert figure in [one.id for one in unit.measurements.of_case(other)]
        assert unit.audit.verify(rows=True).problems == ()


def test_what_was_measured_of_no_photograph_and_no_case_is_nothing(units: UnitsOfWork) -> None:
    with units.read() as unit:
        assert unit.measurements.of_case(1) == []
        assert unit.measurements.of_no_case(()) == []
        assert unit.marks.on(()) == []
        assert unit.comparison.alignments(1, VIEW) == {}
        assert unit.comparison.state(1) == CompareState()
        assert unit.photo_ties.entered_of(()) == 0

"""Slow work: answers on the GUI thread, the newest only, nothing for owners that are gone, threads that end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from pytestqt.qtbot import QtBot

from clinic_app.domain.changes import Changes, Progress, Report, Topic
from clinic_app.domain.errors import Cancelled, Conflict
from clinic_app.ui.tasks import Tasks

CLINIC: Any = object()
ASHA: Any = {"name": "Asha"}
ONE: Any = "one"
TWO: Any = "two"
CALLS = Changes(frozenset({Topic.SCHEDULE}))


class Gate:
    """Holds a worker until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def wait(self, _: object = None) -> str:
        self.entered.set()
        assert self.opened.wait(10)
        return "gate"


@pytest.fixture
def owner(tasks: Tasks) -> Iterator[QObject]:
    """Depends on ``tasks`` so that it outlives the threads."""
    answer = QObject()
    yield answer
    if shiboken6.isValid(answer):
        shiboken6.delete(answer)


def all_delivered(tasks: Tasks, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: tasks.pending == 0, timeout=60_000)


def test_a_question_is_read_elsewhere_and_answered_here(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    tasks.attach(ASHA)
    threads: list[str] = []
    answers: list[tuple[str, str]] = []

    def read(services: Any) -> str:
        threads.append(threading.current_thread().name)
        return str(services["name"])

    tasks.ask(read, lambda name: answers.append((name, threading.current_thread().name)), owner=owner)
    all_delivered(tasks, qtbot)
    assert threads == ["reader"]
    assert answers == [("Asha", threading.main_thread().name)]


def test_only_the_newest_of_a_key_is_answered(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    gate = Gate()
    asked: list[str] = []
    answers: list[str] = []

    def question(words: str) -> None:
        def read(_: object) -> str:
            asked.append(words)
            return words

        tasks.ask(read, answers.append, owner=owner, key="search")

    tasks.ask(gate.wait, answers.append, owner=owner, key="search")
    assert gate.entered.wait(10)
    for words in ("a", "as", "ash"):
        question(words)
    gate.opened.set()
    all_delivered(tasks, qtbot)
    assert asked == ["ash"]
    assert answers == ["ash"]


def test_a_list_does_not_wait_for_what_is_slow(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    gate = Gate()
    answers: list[object] = []
    tasks.ask(gate.wait, lambda _: answers.append("figures"), owner=owner, key="figures", slow=True)
    assert gate.entered.wait(10)
    tasks.ask(lambda _: "rows", answers.append, owner=owner, key="rows")
    qtbot.waitUntil(lambda: answers == ["rows"], timeout=60_000)
    gate.opened.set()
    all_delivered(tasks, qtbot)
    assert answers == ["rows", "figures"]


def test_keys_of_two_owners_do_not_meet(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    other = QObject()
    answers: list[int] = []
    tasks.ask(lambda _: 1, answers.append, owner=owner, key="rows")
    tasks.ask(lambda _: 2, answers.append, owner=other, key="rows")
    tasks.attach(CLINIC)
    all_delivered(tasks, qtbot)
    assert sorted(answers) == [1, 2]


def test_work_waits_for_the_services(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    answers: list[str] = []
    tasks.ask(str, answers.append, owner=owner)
    qtbot.wait(30)
    assert answers == []
    tasks.attach(ONE)
    all_delivered(tasks, qtbot)
    assert answers == ["one"]


def test_no_answer_for_an_owner_that_is_gone(tasks: Tasks, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    gate, gone = Gate(), QObject()
    answers: list[object] = []
    tasks.ask(gate.wait, answers.append, owner=gone, failed=answers.append)
    assert gate.entered.wait(10)
    shiboken6.delete(gone)
    gate.opened.set()
    all_delivered(tasks, qtbot)
    assert answers == []


def test_a_refusal_goes_to_who_asked(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    refused: list[object] = []
    unseen: list[object] = []
    tasks.refused.connect(unseen.append)

    def read(_: object) -> str:
        raise Conflict("changed_meanwhile")

    tasks.ask(read, refused.append, owner=owner, failed=refused.append)
    tasks.ask(read, refused.append, owner=owner)
    all_delivered(tasks, qtbot)
    assert [type(one) for one in refused] == [Conflict]
    assert [type(one) for one in unseen] == [Conflict]


def test_a_mistake_of_ours_is_told_to_all(tasks: Tasks, owner: QObject, qtbot: QtBot, expected_logs: list[str]) -> None:
    expected_logs.append("task_crashed ZeroDivisionError")
    tasks.attach(CLINIC)
    crashes: list[object] = []
    tasks.crashed.connect(crashes.append)
    tasks.ask(lambda _: 1 // 0, lambda _: None, owner=owner, failed=crashes.append)
    all_delivered(tasks, qtbot)
    assert [type(one) for one in crashes] == [ZeroDivisionError]


def test_writes_keep_their_order_and_changed_follows_done(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    said: list[str] = []
    written: list[int] = []
    tasks.changed.connect(lambda _: said.append("changed"))

    def write(number: int) -> Changes:
        written.append(number)
        return CALLS

    for number in range(5):
        tasks.tell(lambda _, number=number: write(number), lambda _: said.append("done"), owner=owner)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    all_delivered(tasks, qtbot)
    assert written == list(range(5))
    assert said == ["done", "changed"] * 5


def test_views_read_again_even_if_the_writer_is_gone(tasks: Tasks, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    gate, gone = Gate(), QObject()
    changes: list[object] = []
    tasks.changed.connect(changes.append)

    def write(_: object) -> Changes:
        gate.wait()
        return CALLS

    tasks.tell(write, changes.append, owner=gone)
    assert gate.entered.wait(10)
    shiboken6.delete(gone)
    gate.opened.set()
    all_delivered(tasks, qtbot)
    assert changes == [CALLS]


def test_a_long_write_does_not_delay_a_question(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    gate = Gate()
    answers: list[str] = []
    tasks.tell(lambda _: (gate.wait(), CALLS)[1], owner=owner)
    assert gate.entered.wait(10)
    tasks.ask(lambda _: "rows", answers.append, owner=owner)
    qtbot.waitUntil(lambda: answers == ["rows"], timeout=60_000)
    gate.opened.set()
    all_delivered(tasks, qtbot)


def test_the_latest_picture_comes_first(qtbot: QtBot) -> None:
    tasks = Tasks(painters=1)
    owner = QObject()
    tasks.attach(CLINIC)
    gate = Gate()
    painted: list[int] = []
    tasks.paint(gate.wait, lambda _: None, owner=owner)
    assert gate.entered.wait(10)
    for number in range(5):
        tasks.paint(lambda _, number=number: number, painted.append, owner=owner, key=number)  # type: ignore[misc]  # as above
    gate.opened.set()
    all_delivered(tasks, qtbot)
    assert painted == [4, 3, 2, 1, 0]
    assert tasks.close()


def test_what_scrolled_away_is_forgotten(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    painted: list[int] = []
    for number in range(5):
        tasks.paint(lambda _, number=number: number, painted.append, owner=owner, key=number)  # type: ignore[misc]  # as above
    tasks.forget(owner)
    tasks.attach(CLINIC)
    qtbot.wait(30)
    assert painted == []
    assert tasks.pending == 0


def test_a_long_job_reports_and_ends(tasks: Tasks, qtbot: QtBot) -> None:
    tasks.attach(ONE)
    changes: list[object] = []
    tasks.changed.connect(changes.append)

    def job(services: Any, report: Report) -> Changes:
        assert services == "one"
        for step in range(50):
            assert report(Progress(step + 1, 50, "pictures"))
        return CALLS

    handle = tasks.run(job, "Importing")
    seen: list[Progress] = []
    handle.progressed.connect(seen.append)
    with qtbot.waitSignals([handle.finished, handle.ended], timeout=60_000):
        assert handle in tasks.jobs
    assert seen[-1] == Progress(50, 50, "pictures")
    assert len(seen) < 50
    assert changes == [CALLS]
    assert not tasks.jobs
    assert not handle.running


def test_a_long_job_stops_when_asked(tasks: Tasks, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    begun = threading.Event()

    def job(_: object, report: Report) -> Changes:
        step = 0
        while report(Progress(step, 0, "pictures")):
            begun.set()
            step += 1
            time.sleep(0.001)
        raise Cancelled

    handle = tasks.run(job, "Importing")
    assert begun.wait(10)
    with qtbot.waitSignal(handle.cancelled, timeout=60_000):
        handle.cancel()
    assert handle.stopping


def test_a_job_with_one_long_transaction_runs_on_the_writer(tasks: Tasks, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    threads: list[str] = []

    def job(_: object, __: Report) -> Changes:
        threads.append(threading.current_thread().name)
        return CALLS

    with qtbot.waitSignal(tasks.run(job, "Register", alone=True).finished, timeout=60_000):
        pass
    assert threads == ["writer"]


def test_locking_drops_what_waits_and_hides_what_runs(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    tasks.attach(ONE)
    gate = Gate()
    answers: list[object] = []
    tasks.ask(gate.wait, answers.append, owner=owner)
    assert gate.entered.wait(10)
    tasks.ask(str, answers.append, owner=owner)
    tasks.detach()
    gate.opened.set()
    all_delivered(tasks, qtbot)
    assert answers == []
    tasks.ask(str, answers.append, owner=owner)
    tasks.attach(TWO)
    all_delivered(tasks, qtbot)
    assert answers == ["two"]


def test_closing_ends_all_threads_and_takes_no_more_work(qtbot: QtBot) -> None:
    tasks, owner = Tasks(), QObject()
    tasks.attach(CLINIC)
    tasks.ask(lambda _: 1, lambda _: None, owner=owner)
    tasks.paint(lambda _: 1, lambda _: None, owner=owner)
    tasks.tell(lambda _: CALLS, owner=owner)
    assert tasks.close()
    tasks.ask(lambda _: 1, lambda _: None, owner=owner)
    assert tasks.pending == 0


def test_closing_stops_a_running_job(qtbot: QtBot) -> None:
    tasks = Tasks()
    tasks.attach(CLINIC)
    begun = threading.Event()

    def job(_: object, report: Report) -> Changes:
        while report(Progress(0, 0, "pictures")):
            begun.set()
            time.sleep(0.001)
        raise Cancelled

    tasks.run(job, "Importing")
    assert begun.wait(10)
    assert tasks.close()


def test_the_window_stays_alive_under_load(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    tasks.attach(CLINIC)
    clock = QElapsedTimer()
    clock.start()
    gaps: list[int] = []
    beat = QTimer()
    beat.setInterval(5)
    beat.timeout.connect(lambda: gaps.append(clock.restart()))
    beat.start()
    answers: list[int] = []
    for number in range(60):
        tasks.ask(lambda _: sum(range(60_000)), answers.append, owner=owner)
        tasks.paint(lambda _: sum(range(60_000)), answers.append, owner=owner, key=number)
    all_delivered(tasks, qtbot)
    beat.stop()
    assert len(answers) == 120
    assert max(gaps) < 250

"""The one door to slow work: questions, writes, pictures and long jobs, off the GUI thread.

Every callable that works in a thread gets the opened services. Answers come back on the GUI thread, and only while
their owner still lives. What a caller hands in is released on the GUI thread too, never in a worker, because a
closure may hold the last reference to a widget.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from clinic_app.domain.changes import Changes, Progress, Report
from clinic_app.domain.errors import AccessRefused, Cancelled, ClinicError

if TYPE_CHECKING:
    from clinic_app.services import Services

log = logging.getLogger(__name__)

T = TypeVar("T")
Failed: TypeAlias = Callable[[ClinicError], object]
Key: TypeAlias = tuple[int, Hashable]
Grant: TypeAlias = "Callable[[Services, Callable[[], object]], object]"
"""Called in the thread: signs in again or gives a reason, then does the work inside."""
Asker: TypeAlias = Callable[[AccessRefused, bool, Callable[[Grant], None], Callable[[], None]], bool]
"""(refusal, whether it is a write, do it again, give it up): answers whether somebody is asked."""
ASKED = frozenset({"sign_in_again", "second_person_needed", "reason_needed"})


def _unseen(_: ClinicError) -> None:
    """Nobody is there to see it: the clinic was locked meanwhile."""


REPORT_EVERY = 0.05
"""Seconds between two progress messages to the window; a job may report as often as it likes."""


@dataclass(slots=True)
class _Order:
    """What the GUI thread keeps of one piece of work until it is answered."""

    work: Callable[[Any], object]
    deliver: Callable[[Any], object] | None
    failed: Failed | None
    owner: QObject
    key: Key | None = None
    writes: bool = False
    shows: bool = False
    """It reads or paints for the window, and for nothing else."""
    lane: _Lane | None = None


@dataclass(slots=True)
class _Answer:
    """What comes back from a worker."""

    ticket: int
    result: object = None
    problem: BaseException | None = None


@dataclass(slots=True)
class _Lane:
    """A queue of tickets and the threads that serve it."""

    name: str
    threads: int
    newest_first: bool = False
    needs_clinic: bool = True
    waiting: deque[tuple[int, Callable[[Any], object]]] = field(default_factory=deque)
    awake: threading.Condition = field(default_factory=threading.Condition)
    workers: list[threading.Thread] = field(default_factory=list)


class JobHandle(QObject):
    """A long job as the window sees it.

    ``progressed`` brings ``Progress`` at most every 50 ms; exactly one of ``finished`` (``Changes`` or ``None``),
    ``failed`` (the exception) and ``cancelled`` ends it, and ``ended`` follows each of them.
    """

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()
    _reported = Signal(object)

    def __init__(self, title: str, parent: QObject | None = None, *, resumable: bool = False) -> None:
        super().__init__(parent)
        self.resumable = resumable
        self.title = title
        self.progress = Progress(0, 0, "")
        self.running = True
        self._unseen = False
        self._stop = threading.Event()
        self._last = 0.0
        self._reported.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @property
    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next report; it ends by itself."""
        self._stop.set()

    def hide(self) -> None:
        """Stop it and tell nobody any more: the clinic is closed. Only ``ended`` comes yet."""
        self._unseen = True
        self.cancel()

    def report(self, progress: Progress) -> bool:
        """Called by the job, in its thread: False means stop."""
        now = time.monotonic()
        if now - self._last >= REPORT_EVERY or (progress.total and progress.done >= progress.total):
            self._last = now
            self._reported.emit(progress)
        return not self._stop.is_set()

    def _show(self, progress: Progress) -> None:
        self.progress = progress
        if self.running and not self._unseen:
            self.progressed.emit(progress)

    def end(self, result: object, problem: BaseException | None) -> None:
        """Called by ``Tasks`` when the job is over: a result, or what stopped it."""
        self.running = False
        if self._unseen:
            pass
        elif isinstance(problem, Cancelled):
            self.cancelled.emit()
        elif problem is not None:
            self.failed.emit(problem)
        else:
            self.finished.emit(result)
        self.ended.emit()


class Tasks(QObject):
    """Reads on one thread, slow ones and writes on others, pictures on two more, long jobs one at a time.

    ``changed`` brings ``Changes`` after every write and job. ``refused`` brings a ``ClinicError`` nobody asked to
    see, ``crashed`` any other exception. Work waits until ``attach`` brings the services.
    """

    changed = Signal(object)
    refused = Signal(object)
    crashed = Signal(object)
    job_started = Signal(object)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None, *, painters: int = 2) -> None:
        super().__init__(parent)
        self._services: Services | None = None
        self._closed = False
        self._held = False
        self.asker: Asker | None = None
        """Asks for a passphrase, a reason or a second person; answers whether it does."""
        self._ticket = 0
        self._orders: dict[int, _Order] = {}
        self._newest: dict[Key, int] = {}
        self._jobs: dict[int, JobHandle] = {}
        self._reader = _Lane("reader", 1)
        self._counter = _Lane("counter", 1)
        self._writer = _Lane("writer", 1)
        self._painter = _Lane("painter", painters, newest_first=True)
        self._runner = _Lane("job", 1)
        self._opener = _Lane("opener", 1, needs_clinic=False)
        self._answered.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    @property
    def pending(self) -> int:
        """How many pieces of work are not yet delivered (tests wait for 0)."""
        return len(self._orders)

    @property
    def jobs(self) -> tuple[JobHandle, ...]:
        """The long jobs that run or wait."""
        return tuple(self._jobs.values())

    @property
    def writing(self) -> bool:
        """Whether a write that is no long job is not over yet."""
        return any(order.writes and ticket not in self._jobs for ticket, order in self._orders.items())

    @property
    def attached(self) -> bool:
        """Whether the services are there."""
        return self._services is not None

    def attach(self, services: Services) -> None:
        """Bring the opened services; work that waited begins."""
        self._services = services
        for lane in self._lanes():
            with lane.awake:
                lane.awake.notify_all()

    def detach(self) -> None:
        """Take the services away (the clinic is locked): what has not begun is dropped, what runs ends unseen."""
        self._services = None
        self._held = False
        for job in self.jobs:
            job.hide()
        for lane in self._lanes():
            with lane.awake:
                dropped = [ticket for ticket, _ in lane.waiting]
                lane.waiting.clear()
            for ticket in dropped:
                self._drop(ticket, ended=True)
        for order in self._orders.values():
            order.deliver = None
            order.failed = _unseen

    def hold(self) -> None:
        """The window is covered: nothing is read or painted for it, and no answer reaches it any more.

        Writes and jobs go on, and so does ``prepare``.
        """
        self._held = True
        for lane in (self._reader, self._counter, self._painter):
            with lane.awake:
                dropped = [ticket for ticket, _ in lane.waiting]
                lane.waiting.clear()
            for ticket in dropped:
                self._drop(ticket)
        for order in self._orders.values():
            if order.shows:
                order.deliver = None
                order.failed = _unseen

    def go_on(self) -> None:
        """The window is uncovered: it may read again."""
        self._held = False

    def ask(
        self,
        read: Callable[[Services], T],
        deliver: Callable[[T], object],
        *,
        owner: QObject,
        key: Hashable = None,
        failed: Failed | None = None,
        slow: bool = False,
    ) -> None:
        """Read on the reader thread and deliver the answer here.

        With a ``key`` only the newest question of that owner and key is answered; older ones that have not begun
        are not even asked. ``slow``: it counts over the whole clinic, on a thread of its own, so that no list waits
        for it.
        """
        lane = self._counter if slow else self._reader
        self._put(lane, _Order(read, deliver, failed, owner, self._key(owner, key), shows=True))

    def count(
        self,
        read: Callable[[Services], T],
        deliver: Callable[[T], object],
        *,
        owner: QObject,
        key: Hashable = None,
        failed: Failed | None = None,
    ) -> None:
        """As ``ask``, also while the window is covered: for numbers and times alone, nothing that is of a person."""
        self._put(self._counter, _Order(read, deliver, failed, owner, self._key(owner, key)))

    def tell(
        self,
        write: Callable[[Services], Changes],
        done: Callable[[Changes], object] | None = None,
        *,
        owner: QObject,
        failed: Failed | None = None,
    ) -> None:
        """Write on the writer thread, in the order told; then ``done(changes)``, then ``changed``."""
        self._put(self._writer, _Order(write, done, failed, owner, writes=True))

    def paint(
        self,
        job: Callable[[Services], T],
        deliver: Callable[[T], object],
        *,
        owner: QObject,
        key: Hashable = None,
        failed: Failed | None = None,
    ) -> None:
        """Fetch or make a picture on the picture threads, the latest request first; ``key`` as in ``ask``."""
        self._put(self._painter, _Order(job, deliver, failed, owner, self._key(owner, key), shows=True))

    def prepare(
        self,
        work: Callable[[], T],
        deliver: Callable[[T], object],
        *,
        owner: QObject,
        failed: Failed | None = None,
    ) -> None:
        """Slow work that needs no clinic yet: look into a folder, make a clinic, open one."""
        self._put(self._opener, _Order(lambda _: work(), deliver, failed, owner))

    def run(
        self,
        job: Callable[[Services, Report], Changes | None],
        title: str,
        *,
        alone: bool = False,
        resumable: bool = False,
    ) -> JobHandle:
        """Start a long job; it gets the services and a report that answers False when it should stop.

        ``alone``: it holds one long transaction, so it runs on the writer thread and other writes wait for it.
        ``resumable``: it carries on at the next start, so nobody is asked before it is stopped.
        """
        handle = JobHandle(title, self, resumable=resumable)
        lane = self._writer if alone else self._runner
        ticket = self._put(lane, _Order(lambda services: job(services, handle.report), None, None, handle, writes=True))
        if ticket is not None:
            self._jobs[ticket] = handle
            self.job_started.emit(handle)
        return handle

    def forget(self, owner: QObject) -> None:
        """Drop the questions and pictures of an owner that have not begun (it scrolled away, it closed)."""
        for lane in (self._reader, self._counter, self._painter):
            with lane.awake:
                gone = [ticket for ticket, _ in lane.waiting if self._orders[ticket].owner is owner]
                kept = [pair for pair in lane.waiting if pair[0] not in gone]
                lane.waiting.clear()
                lane.waiting.extend(kept)
            for ticket in gone:
                self._drop(ticket)

    def close(self, seconds: float = 10.0) -> bool:
        """Stop: what has not begun is dropped, what runs may end. Answers whether all threads ended in time."""
        self._closed = True
        for job in self.jobs:
            job.cancel()
        for lane in self._lanes():
            with lane.awake:
                lane.waiting.clear()
                lane.awake.notify_all()
        until = time.monotonic() + seconds
        workers = [worker for lane in self._lanes() for worker in lane.workers]
        for worker in workers:
            worker.join(max(0.0, until - time.monotonic()))
        self._orders.clear()
        self._newest.clear()
        self._jobs.clear()
        return not any(worker.is_alive() for worker in workers)

    def _lanes(self) -> tuple[_Lane, ...]:
        return (self._reader, self._counter, self._writer, self._painter, self._runner, self._opener)

    @staticmethod
    def _key(owner: QObject, key: Hashable) -> Key | None:
        return None if key is None else (id(owner), key)

    def _put(self, lane: _Lane, order: _Order) -> int | None:
        if self._closed or (self._held and order.shows):
            return None
        self._ticket += 1
        ticket = self._ticket
        older = None if order.key is None else self._newest.get(order.key)
        if order.key is not None:
            self._newest[order.key] = ticket
        self._orders[ticket] = order
        order.lane = lane
        skipped = False
        with lane.awake:
            if older is not None:
                kept = [pair for pair in lane.waiting if pair[0] != older]
                skipped = len(kept) < len(lane.waiting)
                lane.waiting.clear()
                lane.waiting.extend(kept)
            lane.waiting.append((ticket, order.work))
            lane.awake.notify()
        if skipped and older is not None:
            self._drop(older)
        if len(lane.workers) < lane.threads:
            worker = threading.Thread(target=self._serve, args=(lane,), name=lane.name, daemon=True)
            lane.workers.append(worker)
            worker.start()
        return ticket

    def _drop(self, ticket: int, *, ended: bool = False) -> None:
        order = self._orders.pop(ticket, None)
        if order is not None and order.key is not None and self._newest.get(order.key) == ticket:
            del self._newest[order.key]
        handle = self._jobs.pop(ticket, None)
        if handle is not None and ended:
            handle.end(None, Cancelled())

    def _serve(self, lane: _Lane) -> None:
        while (found := self._next_of(lane)) is not None:
            services, ticket, work = found
            del found
            answer = _Answer(ticket)
            try:
                answer.result = work(services)
            except BaseException as problem:  # noqa: BLE001 - it is handed to the GUI thread, which shows it
                answer.problem = problem
            del work, services
            if not self._closed:
                self._answered.emit(answer)
            del answer

    def _next_of(self, lane: _Lane) -> tuple[Services | None, int, Callable[[Any], object]] | None:
        """Wait for work of a lane and for the services; None when it is time to stop."""
        with lane.awake:
            while not self._closed:
                services = self._services
                if lane.waiting and (services is not None or not lane.needs_clinic):
                    return (services, *(lane.waiting.pop() if lane.newest_first else lane.waiting.popleft()))
                lane.awake.wait()
        return None

    def _receive(self, answer: _Answer) -> None:
        order = self._orders.pop(answer.ticket, None)
        if order is None or self._closed:
            return
        stale = False
        if order.key is not None:
            stale = self._newest.get(order.key) != answer.ticket
            if not stale:
                del self._newest[order.key]
        handle = self._jobs.get(answer.ticket)
        here = isValid(order.owner)
        if here and not stale and self._asked(order, answer, handle):
            return
        self._jobs.pop(answer.ticket, None)
        if answer.problem is not None:
            self._fail(order, answer.problem, here=here and not stale, handle=handle)
            return
        if here and not stale and order.deliver is not None:
            order.deliver(answer.result)
        if handle is not None and here:
            handle.end(answer.result, None)
        if order.writes and isinstance(answer.result, Changes):
            self.changed.emit(answer.result)

    def _asked(self, order: _Order, answer: _Answer, handle: JobHandle | None) -> bool:
        """Whether somebody is asked for what a refused piece of work needs; it is then done again, or given up.

        Owners that ask themselves say so (``asks_itself``). A job stays one of the jobs while somebody is asked.
        """
        ask, problem = self.asker, answer.problem
        if not isinstance(problem, AccessRefused) or problem.code not in ASKED or ask is None or self._services is None:
            return False
        if getattr(order.owner, "asks_itself", False) or (handle is not None and handle.stopping):
            return False
        work, lane = order.work, order.lane

        def again(grant: Grant) -> None:
            if lane is None or not isValid(order.owner):
                return
            self._jobs.pop(answer.ticket, None)
            order.work = lambda services: grant(services, lambda: work(services))
            ticket = self._put(lane, order)
            if ticket is not None and handle is not None:
                self._jobs[ticket] = handle

        def give_up() -> None:
            self._jobs.pop(answer.ticket, None)
            if self._services is None:
                order.failed = _unseen
            if isValid(order.owner):
                self._fail(order, problem, here=True, handle=handle)

        return ask(problem, order.writes, again, give_up)

    def _fail(self, order: _Order, problem: BaseException, *, here: bool, handle: JobHandle | None) -> None:
        if handle is not None:
            handle.end(None, problem)
            if not isinstance(problem, ClinicError):
                self.crashed.emit(problem)
        elif not isinstance(problem, ClinicError):
            log.error("task_crashed %s", type(problem).__name__)
            self.crashed.emit(problem)
        elif here and order.failed is not None:
            order.failed(problem)
        elif here and not isinstance(problem, Cancelled):
            self.refused.emit(problem)

"""Locking the window and opening it again: softly (keys stay in memory) or hard (the clinic is closed)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QToolTip, QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.people import User, user_key
from clinic_app.ui.context import UiContext
from clinic_app.ui.shell.aside import Aside
from clinic_app.ui.shell.key_pause import KeyPause
from clinic_app.ui.shell.lock_watch import LockWatch, slept
from clinic_app.ui.tasks import JobHandle
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence, sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.ui.shell.lock_page import LockPage
    from clinic_app.ui.shell.system_watch import SystemWatch

LISTEN_AFTER_MS: Final = 1500
"""So long (ms) after a clinic was opened the system is asked to tell of sleep: the first list comes first."""
WRITES_WAIT_S: Final = 3.0
"""How long a hard lock waits for what is being saved."""
log = logging.getLogger(__name__)


class Locking(QObject):
    """Locks one window, by what it hands in: ``cover`` it with a page, ``uncover`` it (for the same person or another),
    ``close`` the clinic without asking.

    ``steady`` is a clock nobody sets, in seconds; ``sleeping`` how long the computer has slept.
    """

    def __init__(
        self,
        window: QMainWindow,
        context: UiContext,
        cover: Callable[[QWidget], None],
        uncover: Callable[[bool], None],
        close: Callable[[], None],
        steady: Callable[[], float] = time.monotonic,
        sleeping: Callable[[], float] = slept,
    ) -> None:
        super().__init__(window)
        self._window, self._context, self._steady = window, context, steady
        self._cover, self._uncover, self._close = cover, uncover, close
        self.watch = LockWatch(self, steady, sleeping)
        self.watch.idle.connect(self.lock)
        self.watch.wanted.connect(self.lock, Qt.ConnectionType.QueuedConnection)
        self.pause = KeyPause(self)
        self.watch.ended.connect(self.lock_hard)
        self.aside = Aside()
        self._page: LockPage | None = None
        self._system: SystemWatch | None = None
        self._services: Services | None = None
        self._hardening = 0.0
        self.parting = ""
        """What the start page has to say after a hard lock."""
        context.tasks.job_started.connect(self._job_started)
        context.tasks.changed.connect(self._changed)

    @property
    def locked(self) -> bool:
        """Whether the lock page stands over the window."""
        return self._page is not None

    @property
    def page(self) -> LockPage | None:
        """The lock page, while it stands."""
        return self._page

    def begin(self, services: Services) -> None:
        """A clinic was opened."""
        self._services = services
        self.parting = ""
        info = services.clinic
        self.watch.begin(0 if info.demo else info.choices.lock_minutes)
        if self._system is None:
            QTimer.singleShot(LISTEN_AFTER_MS, self, self._listen)

    def end(self) -> None:
        """The clinic is being closed."""
        self._services = None
        self.pause.end()
        self.watch.end()
        self.aside.drop()
        self._take_page_away()

    # --- locking -----------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Cover the window at once; then enter it in the audit, anchor, and make the backup that is due."""
        services = self._services
        if services is None or self.locked or services.must_choose_passphrase:
            return
        from clinic_app.ui.shell.lock_page import LockPage

        close_others(self._window)
        self.aside.take(self._window)
        info = services.clinic
        page = self._page = LockPage(self._context.theme, info.name, demo=info.demo, parent=self._window)
        page.form.pin_typed.connect(self._by_pin)
        page.form.passphrase_typed.connect(self._by_passphrase)
        page.form.named.connect(self._look_at_wait)
        page.form.opened.connect(lambda: self._opened(info.user))
        page.form.closing_wanted.connect(lambda: self.lock_hard(""))
        self._cover(page)
        page.form.show_people(info.user.name, [user.name for user in services.people.with_pin()])
        for handle in self._context.tasks.jobs:
            page.show_job(handle)
        page.form.begin()
        QPixmapCache.clear()
        if not info.demo:
            self._context.tasks.prepare(services.lock, self._back_up, owner=self, failed=self._unlogged)

    def lock_hard(self, code: str = "") -> None:
        """Drop the keys: what was typed is kept as a draft, then the clinic is closed. ``code`` says why."""
        if self._services is None:
            return
        if self._services.clinic.demo:
            self.lock()
            return
        self.parting = sentence(code, {}) if code else ""
        self.lock()
        if self._page is not None:
            self._page.say(self.parting or translate("Closing the clinic…"))
            self._page.form.set_busy(True)
        self._hardening = self._steady() + WRITES_WAIT_S
        self._harden()

    def _harden(self) -> None:
        if self._services is None or not self._hardening:
            return
        if self._context.tasks.writing and self._steady() < self._hardening:
            QTimer.singleShot(20, self, self._harden)
            return
        self._hardening = 0.0
        self._services.people.forget_pins()
        self._close()

    def _listen(self) -> None:
        from clinic_app.ui.shell.system_watch import SystemWatch

        if self._system is None:
            self._system = SystemWatch(self._window)
            self._system.sleeps.connect(lambda: self.lock_hard("hard_lock_slept"))
            self._system.locked.connect(self.lock)
            self._system.begin()

    def _back_up(self, due: bool) -> None:
        if due and self._services is not None:
            from clinic_app.ui.backups.keeping import keep

            keep(self._context.tasks, at_lock=True)

    def _unlogged(self, problem: ClinicError) -> None:
        log.info("a lock could not be entered: %s", problem.code)

    # --- opening again -----------------------------------------------------------------------------------------

    def _by_pin(self, user: str, pin: str) -> None:
        services = self._services
        if services is not None and self._may_come(user):
            people = services.people
            self._try(lambda: people.unlock_with_pin(user, pin), signed=False)

    def _by_passphrase(self, user: str, passphrase: str) -> None:
        services = self._services
        if services is not None and self._may_come(user):
            people = services.people
            self._try(lambda: people.unlock_with_passphrase(user, passphrase), signed=True)

    def _may_come(self, user: str) -> bool:
        """Somebody else takes over only when what was begun is over: it is done in the name of who began it."""
        if self._services is None or self._page is None:
            return False
        now = self._services.clinic.user.name
        if user_key(user) == user_key(now):
            return True
        running = [job for job in self._context.tasks.jobs if not job.resumable]
        if running:
            words = translate("“{job}”, begun by {user}, is still running. Wait until it has ended, or cancel it.")
            self._page.say(words.format(job=running[0].title, user=now))
            return False
        return True

    def _try(self, attempt: Callable[[], User], *, signed: bool) -> None:
        """Writes that were told before are made in the name of who told them."""
        if self._services is None:
            return
        before = self._services.clinic.user
        self.pause.hold()

        def deliver(user: User) -> None:
            if signed:
                self.watch.signed_in()
            self._opened(before if user.id == before.id else None)

        def ask() -> None:
            if self._context.tasks.writing and not self._context.tasks.jobs:
                QTimer.singleShot(20, self, ask)
            else:
                self._context.tasks.prepare(attempt, deliver, owner=self, failed=self._refused)

        ask()

    def _opened(self, same: User | None) -> None:
        """Somebody is there: the same person finds everything as it was, another one begins anew."""
        services = self._services
        if services is None or not self.locked:
            self.pause.end()
            return
        if services.must_choose_passphrase:
            self.parting = sentence("hard_lock_code", {})
            self._hardening = self._steady()
            self._harden()
            return
        self.watch.touch()
        self.pause.run_out()
        if same is None:
            self.aside.drop()
        self._take_page_away()
        self._uncover(same is not None)
        self.aside.bring_back()

    def _refused(self, problem: ClinicError) -> None:
        self.pause.end()
        if self._page is None:
            return
        if problem.code == "pin_gone":
            self.parting = sentence_of(problem)
            self._page.say(self.parting)
            self._hardening = self._steady() + WRITES_WAIT_S
            self._harden()
        else:
            self._page.refused(problem)

    def _look_at_wait(self, user: str) -> None:
        """Whoever has to wait is told before they try."""
        services, page = self._services, self._page
        if services is None or page is None:
            return

        def said(seconds: float) -> None:
            if self._page is page and page.form.user == user and not page.form.by_pin:
                page.form.countdown.begin(seconds, user)

        people = services.people
        self._context.tasks.prepare(lambda: people.waiting(user), said, owner=page, failed=lambda _: None)

    def _take_page_away(self) -> None:
        page, self._page = self._page, None
        if page is not None:
            page.hide()
            page.deleteLater()

    def _job_started(self, handle: JobHandle) -> None:
        if self._page is not None:
            self._page.show_job(handle)

    def _changed(self, changes: object) -> None:
        services = self._services
        if services is not None and isinstance(changes, Changes) and Topic.PREFERENCES in changes.topics:
            info = services.clinic
            self.watch.set_minutes(0 if info.demo else info.choices.lock_minutes)


def close_others(window: QWidget) -> None:
    """Whatever stands beside or over a window goes: dialogs as if cancelled, menus, calendars, tooltips."""
    QToolTip.hideText()
    while (popup := QApplication.activePopupWidget()) is not None:
        if not popup.close():
            popup.hide()
    for other in QApplication.topLevelWidgets():
        if other is window or not other.isVisible() or (other.window() is window):
            continue
        if isinstance(other, QDialog):
            other.reject()
        if other.isVisible() and other.parentWidget() is not None:
            other.close()

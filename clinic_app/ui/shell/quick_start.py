"""What would make every start slower and serves nobody here: PySide's reading of sources, collecting while loading."""

from __future__ import annotations

import gc
import sys
from types import ModuleType

import PySide6.QtCore  # noqa: F401 - brings the hook of ``leave_sources_alone``

FEATURES = "shibokensupport.feature"
QUESTION = "_mod_uses_pyside"


def leave_sources_alone() -> bool:
    """Keep PySide from reading the source of every module imported after it; answers whether it would have.

    For ``from __feature__ import snake_case`` PySide wraps ``__import__`` and asks of each new module, with
    ``inspect.getsource``, whether the word PySide6 occurs in it: some 170 ms of a start, and no switch for it. A module
    that is said not to is left as it is, which is right for all of ours: nobody here uses ``__feature__``. Without that
    function (another release) nothing is changed, and the start is only slower.
    """
    features = sys.modules.get(FEATURES)
    if features is None or not callable(getattr(features, QUESTION, None)):
        return False
    setattr(features, QUESTION, _says_no)
    return True


def _says_no(_: ModuleType) -> bool:
    return False


class CollectionPause:
    """No garbage collection while the program loads: what is loaded stays, and looking through it again and again
    costs some 200 ms of a start. ``end`` must come; it may come more than once.
    """

    def __init__(self) -> None:
        self._paused = False

    def begin(self) -> None:
        """Pause; nothing where somebody else switched the collector off."""
        if gc.isenabled():
            gc.disable()
            self._paused = True

    def end(self) -> None:
        """Collect again from now on; what was loaded so far is never looked through again."""
        if self._paused:
            self._paused = False
            keep_loaded()
            gc.enable()


def keep_loaded() -> None:
    """What is loaded by now stays: the collector does not look through it again, which in a large clinic stopped the
    window for up to 700 ms each time.
    """
    gc.freeze()

"""The keys of the viewer (ux.md 2.9): one table for what they do, for its tooltips and for the list of keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from clinic_app.wording.language import translate

ANY_LAYOUT = frozenset(
    {
        Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_Underscore, Qt.Key.Key_BracketLeft,
        Qt.Key.Key_BracketRight, Qt.Key.Key_Comma, Qt.Key.Key_Period,
    }
)  # fmt: skip
"""Signs that stand elsewhere on other keyboards: whether Shift is needed to type them does not matter."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the viewer does, its words for the list of keys, and its keys (``Ctrl+0|X``)."""

    name: str
    words: str
    keys: str


COMMANDS: tuple[Command, ...] = (
    Command("side_by_side", "Side by side", "1"),
    Command("wipe", "Slide: a divider between both photos", "2"),
    Command("blend", "Overlay: both photos at once", "3"),
    Command("blink", "Flip to and fro", "4"),
    Command("difference", "Difference", "5"),
    Command("single", "Only the active photo", "S"),
    Command("peek", "While held: the other photo", "B"),
    Command("swap", "Swap A and B", "W"),
    Command("stack", "One above the other, or side by side", "V"),
    Command("add_pane", "One pane more", "N"),
    Command("drop_pane", "One pane fewer", "Shift+N"),
    Command("cycles", "This view in all cycles", "Shift+S"),
    Command("zoom_in", "Zoom in", "+|=|Ctrl++|Ctrl+="),
    Command("zoom_out", "Zoom out", "-|_|Ctrl+-"),
    Command("fit", "Whole picture", "0|Ctrl+0|X"),
    Command("actual", "100 %, and back", "Z"),
    Command("turn_left", "Turn the active photo left", "["),
    Command("turn_right", "Turn the active photo right", "]"),
    Command("fine_left", "Turn the active photo half a degree left", ","),
    Command("fine_right", "Turn the active photo half a degree right", "."),
    Command("nudge_left", "Move the active photo by a pixel", "Ctrl+Shift+Left"),
    Command("nudge_right", "", "Ctrl+Shift+Right"),
    Command("nudge_up", "", "Ctrl+Shift+Up"),
    Command("nudge_down", "", "Ctrl+Shift+Down"),
    Command("points", "Align by points", "M"),
    Command("automatic", "Align automatically", "Shift+M"),
    Command("refine", "Refine the points by the pixels around them", "R"),
    Command("distance", "Measure a distance", "D"),
    Command("angle", "Measure an angle", "A"),
    Command("slope", "Measure a line against the horizontal", "Shift+A"),
    Command("lids_right", "Measure the lid aperture of the right eye", "U"),
    Command("lids_left", "Measure the lid aperture of the left eye", "Shift+U"),
    Command("tilt", "Measure how far the head tilts", "H"),
    Command("iris", "Calibrate by the width of the iris", "C"),
    Command("remove_measure", "Remove the chosen measurement", "Del"),
    Command("measure_point", "Next point of the chosen measurement: the arrows move it", "J"),
    Command("measures", "Measured values: show or hide", "Shift+I"),
    Command("undo", "Take the last alignment back", "Ctrl+Z"),
    Command("redo", "Align again", "Ctrl+Shift+Z|Ctrl+Y"),
    Command("link", "Move the panes together or apart", "L"),
    Command("relink", "Move together again, without the offset", "Shift+L"),
    Command("mirror", "As in a mirror", "Shift+H"),
    Command("exposure", "Match the exposure", "Shift+E"),
    Command("grid", "Lines: thirds, squares, rings", "G"),
    Command("loupe", "Loupe", "K"),
    Command("labels", "Labels", "I"),
    Command("next", "Next photo in B", "Right"),
    Command("previous", "Previous photo in B", "Left"),
    Command("next_a", "Next photo in A", "Shift+Right"),
    Command("previous_a", "Previous photo in A", "Shift+Left"),
    Command("last", "Newest photo in B", "End"),
    Command("first", "Oldest photo in B", "Home"),
    Command("last_a", "Newest photo in A", "Shift+End"),
    Command("first_a", "Oldest photo in A", "Shift+Home"),
    Command("next_view", "Next view", "PgDown"),
    Command("previous_view", "Previous view", "PgUp"),
    Command("diagnosis", "The other diagnosis", "Shift+PgDown"),
    Command("next_cycle", "Pair of the next cycle", "Ctrl+PgDown"),
    Command("previous_cycle", "Pair of the previous cycle", "Ctrl+PgUp"),
    Command("as_b", "Show the active photo as B", "Return|Enter"),
    Command("as_a", "Show the active photo as A", "Shift+Return|Shift+Enter"),
    Command("more", "More of B, faster, stronger", "Up"),
    Command("less", "Less of B, slower, weaker", "Down"),
    Command("pin", "Keep this pair as the best one", "P"),
    Command("film", "Fold the filmstrip", "Shift+F"),
    Command("full", "Full screen", "F|F11"),
    Command("present", "Presentation: no names", "Ctrl+Shift+P"),
    Command("second", "Second window", "Shift+W"),
    Command("copy", "Copy the comparison", "Ctrl+C"),
    Command("save", "Save a picture of the comparison", "Ctrl+E"),
    Command("leave", "Out: tool, full screen, back to the patient", "Esc"),
)
"""Every key of the viewer. Sliding, ← and → move the divider instead, with Shift in larger steps."""

OF_DIVIDER = {"previous": -0.01, "next": 0.01, "previous_a": -0.1, "next_a": 0.1}
"""What the keys of the photographs do to the divider while it slides."""


class KeyMap:
    """Finds what a key means."""

    def __init__(self, commands: Sequence[Command] = COMMANDS) -> None:
        self._names: dict[int, str] = {}
        self._keys: dict[str, str] = {}
        for command in commands:
            for keys in command.keys.split("|"):
                sequence: Sequence[QKeyCombination] = QKeySequence(keys)  # type: ignore[assignment]  # it is one at run time
                self._names[sequence[0].toCombined()] = command.name
                self._keys.setdefault(command.name, QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText))

    def name_of(self, event: QKeyEvent) -> str | None:
        """What a key event means, None where it means nothing here."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if Qt.Key(event.key()) in ANY_LAYOUT:
            modifiers &= ~Qt.KeyboardModifier.ShiftModifier
        return self._names.get(event.key() | modifiers.value)

    def key_of(self, name: str) -> str:
        """The key of a command, as it is shown."""
        return self._keys.get(name, "")


def listed_keys() -> tuple[tuple[str, str], ...]:
    """Every key with its words, for the list of keys."""
    native = QKeySequence.SequenceFormat.NativeText
    found = []
    for command in COMMANDS:
        if command.words:
            keys = " / ".join(QKeySequence(part).toString(native) for part in command.keys.split("|")[:2])
            found.append((keys, translate(command.words)))
    return tuple(found)

"""The buttons of the tool strip: the commands one reaches for most."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from clinic_app.ui.compare.bars import ToolStrip
from clinic_app.ui.compare.chrome import ViewerButton
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.wording.language import translate


def buttons_of(tools: ToolStrip, keys: KeyMap, act: Callable[[str], object]) -> dict[str, ViewerButton]:
    """The buttons of the tool strip, each carrying out the command it is named after."""
    buttons: dict[str, ViewerButton] = {}

    def tool(name: str, words: str, icon: str, *, checkable: bool = False, text: str = "") -> None:
        button = tools.add(words, icon, partial(act, name), checkable=checkable, text=text)
        button.follow(keys, name)
        buttons[name] = button

    tool("fit", translate("Whole picture"), "scan")
    tool("actual", translate("100 %: one pixel on one pixel"), "", checkable=True, text="1:1")
    tool("zoom_in", translate("Zoom in"), "zoom-in")
    tool("zoom_out", translate("Zoom out"), "zoom-out")
    tools.separate()
    tool("points", translate("Align by points"), "locate-fixed", checkable=True)
    tool("refine", translate("Refine the points"), "crosshair")
    tool("automatic", translate("Align automatically"), "wand-sparkles")
    tool("turn_right", translate("Turn the active photo right"), "rotate-cw")
    tool("grid", translate("Lines"), "grid-3x3", checkable=True)
    tool("loupe", translate("Loupe"), "scan-search", checkable=True)
    tool("measures", translate("Measure"), "ruler", checkable=True)
    tool("injection", translate("Injection and doses"), "syringe", checkable=True)
    tool("mark", translate("Draw, or hide a region"), "pencil", checkable=True)
    tools.separate()
    tool("swap", translate("Swap A and B"), "arrow-left-right")
    tool("stack", translate("One above the other"), "rows-2", checkable=True)
    tool("cycles", translate("This view in all cycles"), "gallery-horizontal", checkable=True)
    tool("labels", translate("Labels"), "captions", checkable=True)
    tool("pin", translate("Keep this pair as the best one"), "pin", checkable=True)
    return buttons

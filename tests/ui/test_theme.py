"""The look: readable in both themes, one source of colours, fonts and icons that are really there."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_app.ui.theme import DARK, LIGHT, Appearance, Density, Style, Theme, ThemeKeeper, Tone, tabular
from clinic_app.ui.theme.drawings import DRAWINGS
from clinic_app.ui.theme.fonts import make_font
from clinic_app.ui.theme.icons import IconStore
from clinic_app.ui.theme.keeper import fill_sheet, palette_of
from clinic_app.ui.theme.tokens import more_contrast
from tests.ui.conftest import THEMES
from tests.ui.icon_drawings import used_drawings

ROOT = Path(__file__).resolve().parents[2]
UI = ROOT / "clinic_app" / "ui"
THEMES_BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    found = QColor(colour)
    parts = []
    for value in (found.redF(), found.greenF(), found.blueF()):
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@THEMES_BOTH
def test_text_is_readable_on_every_ground(theme: Theme) -> None:
    grounds = (theme.app, theme.rail, theme.surface, theme.raised, theme.sunken, theme.hover, theme.selected)
    for ground in grounds:
        for ink in (theme.text, theme.text2, theme.text3, theme.accent_text):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.toast_text, theme.toast) >= 4.5
    assert contrast(theme.toast_action, theme.toast) >= 4.5
    assert contrast(theme.accent_text, theme.accent_soft) >= 4.5
    assert contrast(theme.danger, theme.surface) >= 4.5
    assert contrast(theme.warning, theme.warning_soft) >= 4.5
    assert contrast(theme.border_strong, theme.surface) >= 3.0
    assert contrast(theme.focus, theme.surface) >= 3.0


@THEMES_BOTH
@pytest.mark.parametrize("tone", list(Tone), ids=lambda tone: tone.value)
def test_status_colours_are_readable(theme: Theme, tone: Tone) -> None:
    colours = theme.status(tone)
    assert contrast(colours.fg, colours.bg) >= 4.5
    assert contrast(colours.solid_fg, colours.solid_bg) >= 4.5
    assert contrast(colours.mark, theme.surface) >= 3.0


@THEMES_BOTH
def test_every_tone_has_an_icon_of_its_own(theme: Theme) -> None:
    icons = [theme.status(tone).icon for tone in Tone]
    assert len(set(icons)) == len(icons)


@THEMES_BOTH
def test_marks_differ_from_each_other(theme: Theme) -> None:
    tones = [tone for tone in Tone if tone is not Tone.STOPPED]
    for one, other in combinations(tones, 2):
        first, second = QColor(theme.status(one).mark), QColor(theme.status(other).mark)
        distance = sum(abs(a - b) for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True))  # type: ignore[index]  # the stub says object
        assert distance > 60, (one, other)


def test_high_contrast_strengthens_lines_and_pale_text() -> None:
    strong = more_contrast(LIGHT)
    assert strong.border == LIGHT.border_strong
    assert contrast(strong.text3, strong.surface) > contrast(LIGHT.text3, LIGHT.surface)


def test_no_colour_is_written_outside_the_tokens() -> None:
    pattern = re.compile(r"#[0-9A-Fa-f]{6,8}\b|#[0-9A-Fa-f]{3}\b(?=[\"';])")
    files = [*UI.rglob("*.py"), THEMES / "window.qss"]
    found = [
        f"{path.name}: {match}"
        for path in files
        if path.name != "tokens.py"
        for match in pattern.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_style_sheet_is_small_and_leaves_items_alone() -> None:
    text = (THEMES / "window.qss").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    assert not re.search(r"(?m)^\s*QWidget\b[^{]*\{", text)
    assert set(re.findall(r"(\w+)::item", text)) <= {"QMenu", "QMenuBar"}


@THEMES_BOTH
def test_the_style_sheet_fills_completely(theme: Theme) -> None:
    text = fill_sheet((THEMES / "window.qss").read_text(encoding="utf-8"), theme, 1.15, THEMES)
    assert "@" not in text
    for path in re.findall(r'url\("([^"]+)"\)', text):
        assert Path(path).is_file(), path


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(KeyError):
        fill_sheet("QMenu { color: @nothing; }", LIGHT, 1.0, THEMES)
    with pytest.raises(AttributeError):
        LIGHT.colour("nothing")


def test_lengths_follow_the_scale_but_for_their_lines() -> None:
    assert fill_sheet("@px(32-2)", LIGHT, 1.5, THEMES) == "46px"


@THEMES_BOTH
def test_the_palette_sets_every_role(theme: Theme) -> None:
    palette = palette_of(theme)
    role = QPalette.ColorRole
    for one in role:
        if one not in (role.NoRole, role.NColorRoles):
            assert palette.isBrushSet(QPalette.ColorGroup.Active, one), one
    assert palette.color(role.Window).name().upper() == theme.app
    assert palette.color(role.Base).name().upper() == theme.surface


def test_inter_is_really_used_with_its_weights(keeper: ThemeKeeper) -> None:
    body, name = keeper.font(Style.BODY), keeper.font(Style.NAME)
    assert QFontInfo(body).family() == "Inter"
    words = "Asha Verma"
    assert QFontMetricsF(name).horizontalAdvance(words) > QFontMetricsF(body).horizontalAdvance(words)


def test_devanagari_comes_from_noto(keeper: ThemeKeeper) -> None:
    assert "Noto Sans Devanagari" in keeper.font(Style.BODY).families()
    metrics = keeper.metrics(Style.BODY)
    assert metrics.boundingRect("आशा").height() <= keeper.line(Style.BODY)


def test_tabular_digits_have_one_width(keeper: ThemeKeeper) -> None:
    metrics = QFontMetricsF(tabular(make_font(Style.BODY.value)))
    widths = {round(metrics.horizontalAdvance(digit * 4), 2) for digit in "0123456789"}
    assert len(widths) == 1


def test_the_theme_switches_while_it_runs(keeper: ThemeKeeper, qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(keeper.changed):
        keeper.set_appearance(Appearance.DARK)
    assert keeper.theme == DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.app
    assert keeper.colour("overdue.mark").name().upper() == DARK.overdue.mark
    keeper.set_appearance(Appearance.LIGHT)
    assert DARK.surface not in qapp.styleSheet()


def test_the_scale_moves_fonts_and_lengths_together(keeper: ThemeKeeper) -> None:
    row, body = keeper.measures.row, keeper.font(Style.BODY).pixelSize()
    keeper.step_scale(+1)
    assert keeper.scale == 1.15
    assert keeper.measures.row > row
    assert keeper.font(Style.BODY).pixelSize() > body
    keeper.set_scale(9)
    assert keeper.scale == 1.5


def test_density_and_window_size_change_the_measures(keeper: ThemeKeeper) -> None:
    keeper.set_density(Density.COMPACT)
    assert keeper.measures.row == 36
    keeper.set_density(Density.TOUCH)
    assert keeper.measures.control == 44
    keeper.set_density(Density.COMFORTABLE)
    keeper.set_narrow(True)
    assert (keeper.measures.rail, keeper.measures.tile, keeper.measures.row) == (64, 54, 44)


def test_icons_are_blank_until_they_are_loaded(qapp: QApplication, qtbot: QtBot) -> None:
    store = IconStore()
    before = store.pixmap("sun", LIGHT.text, 18).toImage()
    assert before.allGray()
    assert not before.pixelColor(9, 9).alpha()
    with qtbot.waitSignal(store.ready, timeout=60_000):
        store.load_soon()
    store.close()
    after = store.pixmap("sun", LIGHT.accent, 18, 2.0)
    assert (after.width(), after.devicePixelRatio()) == (36, 2.0)
    image = after.toImage()
    colours = {
        image.pixelColor(x, y).name() for x in range(36) for y in range(36) if image.pixelColor(x, y).alpha() > 250
    }
    assert colours == {LIGHT.accent.lower()}


def test_an_unknown_icon_is_blank_and_logged_once(keeper: ThemeKeeper, expected_logs: list[str]) -> None:
    expected_logs.append("icon_unknown nothing-like-it")
    assert not keeper.icons.knows("nothing-like-it")
    assert keeper.pixmap("nothing-like-it", "text", 16).toImage().pixelColor(8, 8).alpha() == 0


@THEMES_BOTH
def test_the_icons_of_the_tones_exist(keeper: ThemeKeeper, theme: Theme) -> None:
    assert [tone for tone in Tone if not keeper.icons.knows(theme.status(tone).icon)] == []


def test_the_kit_is_light_to_import() -> None:
    heavy = "lucide", "sqlalchemy", "numpy", "PIL", "cv2", "clinic_app.services", "clinic_app.storage", "PySide6.QtSvg"
    code = (
        "import sys, clinic_app.ui.theme, clinic_app.ui.widgets, clinic_app.ui.tasks;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_program_carries_the_drawings_it_uses() -> None:
    missing = {name for name, drawing in used_drawings().items() if DRAWINGS.get(name) != drawing}
    assert missing == set(), "run python -m tests.ui.icon_drawings"
    assert all(drawing.startswith("<") and drawing.endswith("/>") for drawing in DRAWINGS.values())


def test_an_icon_of_the_program_needs_no_loading(qapp: QApplication) -> None:
    store = IconStore()
    image = store.pixmap("calendar-clock", LIGHT.text, 18).toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(18) for y in range(18))
    assert not store.loaded

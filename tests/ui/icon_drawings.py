"""Writes ``clinic_app/ui/theme/drawings.py`` anew: ``python -m tests.ui.icon_drawings`` after an icon was added."""

from __future__ import annotations

import ast
from pathlib import Path

from clinic_app.ui.theme.icons import read_lucide

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "clinic_app" / "ui" / "theme" / "drawings.py"
HEAD = '''"""The Lucide drawings the program uses, ISC licence (made by ``tests.ui.icon_drawings``).

The package itself holds 1 900 of them in a database and brings an HTTP client along: 80 ms of every start.
"""

from __future__ import annotations

DRAWINGS: dict[str, str] = {
'''


def used_drawings() -> dict[str, str]:
    """Every Lucide drawing whose name is a literal in the program, its inside on one line."""
    drawings = read_lucide()
    used: dict[str, str] = {}
    for path in (ROOT / "clinic_app").rglob("*.py"):
        if path == MODULE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in drawings:
                used[node.value] = inside(drawings[node.value])
    return dict(sorted(used.items()))


def inside(svg: str) -> str:
    """What stands between ``<svg ...>`` and ``</svg>``."""
    _, _, rest = svg.partition(">")
    return "".join(line.strip() for line in rest.rpartition("</svg>")[0].splitlines()).replace(" />", "/>")


def main() -> None:
    """Write the module."""
    rows = "".join(f"    \"{name}\": '{drawing}',\n" for name, drawing in used_drawings().items())
    MODULE.write_text(HEAD + rows + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

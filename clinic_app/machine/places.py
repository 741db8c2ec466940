"""Where things lie: in a checkout, in an installed wheel, in a frozen program, and on this computer."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import platformdirs

PROGRAM = "Dystonia Case Tracker"
PACKAGE = Path(__file__).resolve().parents[1]


class Build(Enum):
    """How the program came onto this computer."""

    CHECKOUT = "checkout"
    WHEEL = "wheel"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Places:
    """``database`` holds migrations and catalogues, ``resources`` what is only looked at; ``beside`` is the folder
    the program stands in, where a portable clinic lies.
    """

    build: Build
    database: Path
    resources: Path
    beside: Path

    @property
    def installed(self) -> bool:
        """Whether this is a build for clinics, in which nothing made for tests may be switched on."""
        return self.build is not Build.CHECKOUT

    @property
    def migrations(self) -> Path:
        """Alembic's folder."""
        return self.database / "migrations"

    @property
    def catalogues(self) -> Path:
        """The folder of the catalogues' TOML files."""
        return self.database / "catalogues"

    @property
    def translations(self) -> Path:
        """The folder of the gettext catalogues."""
        return self.resources / "translations"

    def data_folder(self, *, portable: bool = False) -> Path:
        """Where the clinic's data lie if nobody chose another folder."""
        if portable:
            return self.beside / "clinic-data"
        return platformdirs.user_data_path(PROGRAM, appauthor=False, roaming=False) / "clinic"

    def demo_folder(self) -> Path:
        """Where the demo clinic of this computer lies."""
        return self.data_folder().with_name("demo")

    def preference_file(self, *, portable: bool = False) -> Path:
        """The file of this computer's settings."""
        if portable:
            return self.beside / "clinic-data" / "preferences.toml"
        return platformdirs.user_config_path(PROGRAM, appauthor=False, roaming=False) / "preferences.toml"


def find_places(package: Path = PACKAGE) -> Places:
    """Look where ``package`` (the folder ``clinic_app``) stands.

    Both folders travel inside the package in a wheel and in a frozen program, and beside it in a checkout.
    """
    inside = (package / "database" / "migrations").is_dir()
    root = package if inside else package.parent
    if getattr(sys, "frozen", False):
        build, beside = Build.FROZEN, Path(sys.executable).resolve().parent
    elif inside:
        build, beside = Build.WHEEL, Path(sys.prefix).resolve()
    else:
        build, beside = Build.CHECKOUT, root
    return Places(build, root / "database", root / "resources", beside)

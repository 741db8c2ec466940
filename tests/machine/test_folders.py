from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from clinic_app.domain.errors import StorageUnavailable
from clinic_app.machine.folders import (
    check_data_folder,
    check_new_folder,
    free_bytes,
    is_network_share,
    is_on_network,
    network_file_system,
    notes_on,
    synced_by,
)

MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:40 / /home rw - xfs /dev/sdb1 rw
41 40 0:41 / /home/clinic/share rw shared:2 - nfs4 server:/export rw
42 22 0:42 / /media/old\040share rw - cifs //server/x rw
43 22 0:43 / /mnt/phone rw - fuse.sshfs user@host:/ rw
44 22 0:44 / /mnt/stick rw - fuseblk /dev/sdc1 rw
45 22 0:45 / /mnt/again rw - nfs server:/a rw
46 22 0:46 / /mnt/again rw - ext4 /dev/sdd1 rw
47 22 0:47 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/clinic/data", None),
        ("/home/clinic/share", "nfs4"),
        ("/home/clinic/share/data", "nfs4"),
        ("/home/clinic/shared", None),
        ("/media/old share/data", "cifs"),
        ("/mnt/phone/DCIM", "fuse.sshfs"),
        ("/mnt/stick/clinic", None),
        ("/mnt/again/data", None),
        ("/run/user/1000/gvfs/smb-share:server=x", "fuse.gvfsd-fuse"),
        ("/var/lib", None),
    ],
)
def test_the_innermost_mount_decides(path: str, kind: str | None) -> None:
    assert network_file_system(PurePosixPath(path), MOUNTS) == kind


def test_a_whole_system_served_over_9p_is_no_share() -> None:
    mounts = "1 0 0:1 / / rw - 9p none rw\n2 1 0:2 / /mnt/c rw - 9p C: rw"
    assert network_file_system(PurePosixPath("/home/x"), mounts) is None
    assert network_file_system(PurePosixPath("/mnt/c/x"), mounts) == "9p"


@pytest.mark.parametrize(
    ("path", "share"),
    [
        (r"\\server\clinic\data", True),
        ("//server/clinic", True),
        (r"\\?\UNC\server\clinic", True),
        (r"\\?\C:\clinic", False),
        (r"C:\clinic", False),
        ("/home/clinic", False),
        ("clinic", False),
    ],
)
def test_a_share_is_known_by_its_name(path: str, share: bool) -> None:
    assert is_network_share(path) is share


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (PureWindowsPath(r"C:\Users\a\OneDrive\clinic"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\a\OneDrive - District Hospital\clinic"), "OneDrive"),
        (PurePosixPath("/home/a/Dropbox (Personal)/x"), "Dropbox"),
        (PurePosixPath("/Users/a/Library/CloudStorage/GoogleDrive-a/My Drive/x"), "Google Drive"),
        (PurePosixPath("/Users/a/Library/CloudStorage/Other-a/x"), "Other"),
        (PurePosixPath("/Users/a/Library/Mobile Documents/com~apple~CloudDocs/x"), "iCloud"),
        (PurePosixPath("/home/a/Nextcloud/x"), "Nextcloud"),
        (PurePosixPath("/home/a/clinic"), None),
    ],
)
def test_synchronised_folders_are_known_by_name(path: PurePosixPath, service: str | None) -> None:
    assert synced_by(path) == service
    expected = [("folder_synced", {"path": str(path), "service": service})] if service else []
    assert [(note.code, note.params) for note in notes_on(path)] == expected


def test_an_ordinary_folder_is_taken_and_left_as_it_was(tmp_path: Path) -> None:
    check_data_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not is_on_network(tmp_path)
    assert free_bytes(tmp_path) > 0


def refusal(folder: Path) -> str:
    with pytest.raises(StorageUnavailable) as caught:
        check_data_folder(folder)
    assert caught.value.params == {"path": str(folder)}
    return caught.value.code


def test_what_is_no_folder_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert refusal(tmp_path / "gone") == "folder_missing"
    assert refusal(tmp_path / "file") == "folder_is_a_file"
    assert refusal(Path("//server/clinic/data")) == "folder_on_network"


@pytest.mark.skipif(sys.platform == "win32", reason="access rights are asked differently there")
def test_a_folder_that_takes_no_file_is_refused(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        assert refusal(Path("/proc/self")) == "folder_not_writable"
        return
    tmp_path.chmod(0o500)
    assert refusal(tmp_path) == "folder_not_writable"
    tmp_path.chmod(0o700)


def test_no_clinic_is_begun_where_files_are_copied_to_the_internet(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable) as caught:
        check_new_folder(tmp_path / "Dropbox" / "clinic")
    assert (caught.value.code, caught.value.params["service"]) == ("folder_synced", "Dropbox")
    check_new_folder(tmp_path / "clinic")

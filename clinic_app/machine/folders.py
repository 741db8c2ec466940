"""Whether a folder may hold the clinic's data.

SQLite's write-ahead log needs shared memory between processes and does not work over a network file system
(https://www.sqlite.org/wal.html, section 1), so live data lie on a disk of this computer; backups may lie anywhere.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path, PurePath, PureWindowsPath

from clinic_app.domain.errors import StorageUnavailable
from clinic_app.machine.notes import Note

REMOTE_DISKS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda", "davfs")
CLUSTERS = ("ceph", "lustre", "beegfs", "glusterfs", "ocfs2", "gfs2")
SHARES_OF_A_HOST = ("9p", "virtiofs", "vboxsf", "prl_fs", "drvfs")
NETWORK_FILE_SYSTEMS = frozenset((*REMOTE_DISKS, *CLUSTERS, *SHARES_OF_A_HOST))
NETWORK_FUSE = re.compile(
    r"fuse\.(sshfs|rclone|s3fs|gvfsd-fuse|davfs|davfs2|smbnetfs|glusterfs|ceph|cephfs|vmhgfs-fuse|kio-fuse|gcsfuse|curlftpfs)"
)
SYNCED_FOLDERS = (
    (re.compile(r"onedrive( - .+)?", re.IGNORECASE), "OneDrive"),
    (re.compile(r"dropbox( \(.+\))?", re.IGNORECASE), "Dropbox"),
    (re.compile(r"google ?drive.*|my drive", re.IGNORECASE), "Google Drive"),
    (re.compile(r"icloud ?drive|com~apple~clouddocs|mobile documents", re.IGNORECASE), "iCloud"),
    (re.compile(r"nextcloud|owncloud", re.IGNORECASE), "Nextcloud"),
    (re.compile(r"pclouddrive|pcloud sync", re.IGNORECASE), "pCloud"),
)
MAC_CLOUD_PARENT = "CloudStorage"
DRIVE_REMOTE = 4  # winbase.h, GetDriveTypeW
MNT_LOCAL = 0x1000  # macOS sys/mount.h


def network_file_system(path: PurePath, mountinfo: str) -> str | None:
    """The network file system ``path`` lies on by Linux's ``/proc/self/mountinfo`` (proc(5)), or None.

    The root is never one: a sandbox may serve its whole system over 9p, and there is no other disk to go to.
    """
    best, kind = -1, ""
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5 or not after:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[4])
        if path.is_relative_to(point) and len(point) >= best:  # a later mount hides an earlier one
            best, kind = len(point), after.split(" ")[0]
    if best <= len("/"):
        return None
    return kind if kind in NETWORK_FILE_SYSTEMS or NETWORK_FUSE.fullmatch(kind) else None


def is_network_share(path: str) -> bool:
    r"""Whether a Windows path is written as a share: ``\\server\folder``, also ``\\?\UNC\server\folder``."""
    drive = PureWindowsPath(path).drive.lower()
    return drive.startswith("\\\\") and not re.match(r"\\\\[?.]\\[a-z]:", drive)


def _windows_drive_is_remote(path: Path) -> bool:
    if sys.platform == "win32":
        return int(ctypes.windll.kernel32.GetDriveTypeW(path.anchor)) == DRIVE_REMOTE
    return False


class _MacStatfs(ctypes.Structure):
    """``struct statfs`` of macOS with 64-bit inodes (sys/mount.h)."""

    _fields_ = (
        ("f_bsize", ctypes.c_uint32),
        ("f_iosize", ctypes.c_int32),
        ("f_counts", ctypes.c_uint64 * 5),
        ("f_fsid", ctypes.c_int32 * 2),
        ("f_owner", ctypes.c_uint32),
        ("f_type", ctypes.c_uint32),
        ("f_flags", ctypes.c_uint32),
        ("f_rest", ctypes.c_byte * 4096),
    )


def _mac_volume_is_remote(path: Path) -> bool:
    if sys.platform == "darwin":
        library = ctypes.CDLL(None, use_errno=True)
        call = getattr(library, "statfs$INODE64", None) or library.statfs
        answer = _MacStatfs()
        return call(os.fsencode(path), ctypes.byref(answer)) == 0 and not answer.f_flags & MNT_LOCAL
    return False


def is_on_network(folder: Path) -> bool:
    """Whether ``folder`` lies on another computer's disk; what cannot be found out counts as no."""
    if sys.platform == "win32":
        return is_network_share(str(folder)) or _windows_drive_is_remote(folder.resolve())
    resolved = folder.resolve()
    if sys.platform == "darwin":
        return _mac_volume_is_remote(resolved)
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except OSError:
        return False
    return network_file_system(resolved, mounts) is not None


def synced_by(folder: PurePath) -> str | None:
    """The name of the service that copies ``folder`` to the internet, judged by the folders' names, or None."""
    for parent, name in zip(("", *folder.parts), folder.parts, strict=False):
        for pattern, service in SYNCED_FOLDERS:
            if pattern.fullmatch(name):
                return service
        if parent == MAC_CLOUD_PARENT:
            return name.partition("-")[0]
    return None


def notes_on(folder: PurePath) -> tuple[Note, ...]:
    """What to warn about before ``folder`` is used, although it may be used."""
    service = synced_by(folder)
    return (Note("folder_synced", {"path": str(folder), "service": service}),) if service else ()


def check_new_folder(folder: PurePath) -> None:
    """Make sure a clinic may be begun in ``folder``: not where its files are copied to the internet.

    Raises ``StorageUnavailable("folder_synced")``, which names the service. A clinic that lies there already may be
    opened, and says so (``notes_on``): nobody is locked out of their record.
    """
    service = synced_by(folder)
    if service:
        raise StorageUnavailable("folder_synced", path=str(folder), service=service)


def free_bytes(folder: Path) -> int:
    """How many bytes this user may still write to the disk of ``folder``. Raises ``OSError``."""
    return shutil.disk_usage(folder).free


def check_data_folder(folder: Path) -> None:
    """Make sure ``folder`` can hold the clinic's data; it must exist.

    Raises ``StorageUnavailable`` with ``folder_missing``, ``folder_is_a_file``, ``folder_on_network``,
    ``folder_full`` or ``folder_not_writable``. The probe is an unnamed, empty temporary file.
    """
    if is_network_share(str(folder)):
        raise StorageUnavailable("folder_on_network", path=str(folder))
    if not folder.exists():
        raise StorageUnavailable("folder_missing", path=str(folder))
    if not folder.is_dir():
        raise StorageUnavailable("folder_is_a_file", path=str(folder))
    if is_on_network(folder):
        raise StorageUnavailable("folder_on_network", path=str(folder))
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"0")
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise StorageUnavailable("folder_full" if full else "folder_not_writable", path=str(folder)) from error

"""Sentences about a database that an older version of the program made."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "upgrade_no_room": "The database is of an older version of the program, and there is too little room on the drive {drive} to bring it to this one: {mebibytes} MiB more are needed. Make room and open the clinic again; nothing was changed.",
    "upgrade_not_equal": "The database in “{path}” could not be brought to this version of the program: the table {table} would not be the same afterwards. Nothing was changed; go on with the version you had, and tell whoever looks after the program.",
    "upgrade_copying": "The clinic is brought to this version of the program: copying its database. The older one is kept for 30 days.",
    "upgrade_checking_copy": "Checking the copy of the database…",
    "upgrade_changing": "Bringing the database to this version of the program…",
    "upgrade_checking": "Checking the new database…",
    "upgrade_windows": "Computing the windows of every diagnosis, once…",
}

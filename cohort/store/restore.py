"""A backup put back: in one transaction, roles made again, every table held against the manifest.

psql is handed one script: the roles, the old schemas renamed, what pg_restore makes of the archive, the rights on
the database, a comparison of each table with its figure, and COMMIT. COMMIT is only written once pg_restore has
ended well, so whoever is killed on the way leaves the database as it was. What was renamed is dropped afterwards:
to drop it in the same transaction would take a lock for each of its thousands of relations.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from cohort.errors import CohortError, UsageError
from cohort.schema.calendar import authorities
from cohort.store import migrate
from cohort.store.backup import Manifest, Seal, read, server_major
from cohort.store.content import SCHEMAS, figure_of, plain_text
from cohort.store.postgres_tools import address, tools
from cohort.store.roles import database_statements, role_statements

DIFFERS, IN_USE = "RS001", "RS002"
"""Our own SQLSTATEs: a table is not what was backed up; the database holds a record already."""
IRREPLACEABLE = ("cohort.submission", "cohort.account", "cohort.audit_entry")
"""Where a row stands in one of these, somebody has worked with the record."""


def restore(engine: Engine, path: Path, seal: Seal, *, replace: bool = False) -> Manifest:
    """Put a backup back and bring its schema up to this version. `replace`: drop the record that is there.

    `engine`: a login that may make roles and sees every row. Raises UsageError where the file is not whole, is of
    another key, of a newer server or of newer software, or where the database holds a record already.
    """
    manifest = read(path, seal)
    with engine.connect() as connection:
        major = server_major(connection)
    _refuse_newer(manifest, major)
    folder = tools(max(major, manifest.tool_major))
    _drop_replaced(engine)
    _run(engine.url, folder, path, manifest, replace=replace)
    _drop_replaced(engine)
    migrate.upgrade(engine)
    return manifest


def _drop_replaced(engine: Engine) -> None:
    """Drop what a restore replaced, this one or one that was killed before it could."""
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {', '.join(map(_replaced, SCHEMAS))} CASCADE"))


def _replaced(schema: str) -> str:
    return f"{schema}_replaced"


def _refuse_newer(manifest: Manifest, major: int) -> None:
    if manifest.server_major > major:
        raise UsageError(
            "RESTORE-04",
            f"The backup is of Postgres {manifest.server_major}; this server is a {major}.",
            f"Restore it into Postgres {manifest.server_major} or newer.",
        )
    known = {script.revision for script in ScriptDirectory.from_config(migrate.config()).walk_revisions()}
    if manifest.revision not in known:
        raise UsageError(
            "RESTORE-05",
            f"The backup's schema ({manifest.revision}) is not known to this version.",
            f"Install version {manifest.software_version} or newer.",
        )


def _run(url: URL, folder: Path, path: Path, manifest: Manifest, *, replace: bool) -> None:
    plain, secret = address(url)
    reading = [str(folder / "pg_restore"), "--file=-", str(path)]
    # Nothing but the SQLSTATE of an error is let out: its text may quote a row.
    writing = [str(folder / "psql"), f"--dbname={plain}", "--no-psqlrc", "--no-password", "--quiet", "--file=-"]
    writing += ["--set=ON_ERROR_STOP=1", "--set=VERBOSITY=sqlstate"]
    with tempfile.TemporaryFile() as told:
        with (
            subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reader,  # noqa: S603
            subprocess.Popen(  # noqa: S603
                writing,
                env={**os.environ, **secret},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=told,
            ) as writer,
        ):
            assert reader.stdout is not None  # noqa: S101
            assert writer.stdin is not None  # noqa: S101
            is_read = _feed(reader, writer.stdin, manifest, replace=replace)
        told.seek(0)
        if not is_read or writer.returncode:
            raise _failed(told.read().decode(errors="replace"))


def _feed(reader: subprocess.Popen[bytes], script: IO[bytes], manifest: Manifest, *, replace: bool) -> bool:
    """Hand the script over; whether all of it was. A script without its COMMIT undoes itself."""
    is_read = False
    with suppress(BrokenPipeError):  # psql ended at an error, which its return code tells
        try:
            script.write(_sql(_before(manifest, replace=replace)))
            assert reader.stdout is not None  # noqa: S101
            shutil.copyfileobj(reader.stdout, script, 1 << 20)
            if reader.wait() == 0:
                script.write(_sql(_after(manifest)))
                is_read = True
        finally:
            script.close()
    return is_read


def _sql(statements: Iterator[str]) -> bytes:
    return "".join(f"{statement};\n" for statement in statements).encode()


def _before(manifest: Manifest, *, replace: bool) -> Iterator[str]:
    yield "BEGIN"
    yield f"SELECT pg_advisory_xact_lock({migrate.LOCK})"
    if not replace:
        yield _refuse_in_use()
    yield from role_statements({*manifest.authorities, *(a.authority_code for a in authorities())})
    for schema in SCHEMAS:
        yield (
            f"DO $$ BEGIN IF to_regnamespace('{schema}') IS NOT NULL "
            f"THEN ALTER SCHEMA {schema} RENAME TO {_replaced(schema)}; END IF; END $$"
        )


def _refuse_in_use() -> str:
    """Locked as it is looked at, so that nothing comes in between looking and dropping."""
    asked = " OR ".join(f"EXISTS (SELECT FROM {table})" for table in IRREPLACEABLE)
    return (
        f"DO $$ BEGIN IF to_regclass('{IRREPLACEABLE[0]}') IS NOT NULL THEN "
        f"LOCK TABLE {', '.join(IRREPLACEABLE)} IN ACCESS EXCLUSIVE MODE; "
        f"IF {asked} THEN RAISE EXCEPTION USING ERRCODE = '{IN_USE}'; END IF; END IF; END $$"
    )


def _after(manifest: Manifest) -> Iterator[str]:
    yield from database_statements()
    yield from plain_text()
    for table, held in manifest.tables.items():
        yield (
            f"DO $$ BEGIN IF ({figure_of(table, held.columns)}) IS DISTINCT FROM '{held.figure}' "
            f"THEN RAISE EXCEPTION USING ERRCODE = '{DIFFERS}'; END IF; END $$"
        )
    yield "COMMIT"


def _failed(told: str) -> CohortError:
    found = re.search(r"(?:ERROR|FATAL):\s+([0-9A-Z]{5})", told)
    state = found[1] if found else ""
    if state == IN_USE:
        return UsageError(
            "RESTORE-06",
            "The database holds a record already.",
            "Restore into an empty database, or say --replace to drop what is there.",
        )
    if state == DIFFERS:
        return CohortError("RESTORE-07", "A table is not what was backed up.", "Nothing was restored.")
    why = f" ({state})" if state else ""
    return CohortError("RESTORE-08", f"The restore failed{why}.", "Nothing was restored; see the server's log.")

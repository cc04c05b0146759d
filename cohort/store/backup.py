"""A backup: one file with the whole record of one moment, that tells when it was cut short or changed.

The file is an ordinary pg_dump archive with a manifest behind it (pg_restore reads it as it is): the revision, the
server's version, what each table holds and the digest of the archive, sealed with the record's key. The key itself
is never in it; without the key the backup is worth nothing, for no returning child would be found again.

The manifest's figures and the archive are of one snapshot of the database, whatever is loaded meanwhile. Source of
the mechanism: PostgreSQL, *Snapshot Synchronization Functions* and `pg_dump --snapshot`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError

from cohort.errors import CohortError, UsageError
from cohort.schema.base import SCHEMA
from cohort.store.content import SCHEMAS, columns, content
from cohort.store.migrate import LOCK
from cohort.store.postgres_tools import address, major_of, tools
from cohort.store.roles import Role

MARK = b"\nCOHORT-BACKUP-1\n"
"""The last bytes of a backup; before them the length of the manifest, and the manifest."""
LENGTH = 8
SEALED = 64
LONGEST = 1 << 24
"""No manifest is longer than this many bytes."""
BLOCK = 1 << 20
VERSIONS = f"{SCHEMA}.alembic_version"
AUTHORITIES = text(
    "SELECT substring(rolname::text FROM '[0-9]{3}$') FROM pg_roles WHERE rolname::text ~ :pattern ORDER BY 1"
)


@dataclass(frozen=True)
class Seal:
    """What a backup is sealed with: a key derived from the record's ring, and the id by which the ring is known."""

    key_id: str
    key: bytes = field(repr=False)

    def of(self, body: bytes) -> str:
        """HMAC-SHA-256 (RFC 2104) of a manifest, in hexadecimal."""
        return hmac.digest(self.key, b"backup\0" + body, "sha256").hex()


@dataclass(frozen=True)
class Held:
    """What a table held: the columns looked at and the figure of `cohort.store.content`."""

    columns: tuple[str, ...]
    figure: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `authorities`: DfE numbers of those with a database role."""

    made_at: str
    revision: str
    server_major: int
    tool_major: int
    key_id: str
    software_version: str
    authorities: tuple[str, ...]
    tables: Mapping[str, Held]
    archive_bytes: int
    archive_digest: str

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(int(held.figure.partition(":")[0]) for held in self.tables.values())


def backup(engine: Engine, path: Path, seal: Seal) -> Manifest:
    """Write a backup of the whole record to `path`, readable by its owner alone; it is there whole or not at all.

    `engine`: a login that no row policy binds. Raises UsageError where the file exists, the programs are missing,
    the record was not set up, or the login cannot read every row.
    """
    if path.exists():
        raise UsageError("BACKUP-02", f"{path} exists already.", "Name another file: a backup is never overwritten.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        manifest = _write(engine, aside, seal)
        os.link(aside, path)  # refuses, where rename would overwrite what came in between
    except FileExistsError:
        raise UsageError("BACKUP-02", f"{path} exists already.", "Name another file.") from None
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()
    return manifest


def _write(engine: Engine, aside: Path, seal: Seal) -> Manifest:
    """Archive and figures of one snapshot of the database; migrations wait meanwhile, loads do not."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": LOCK})
        major = server_major(connection)
        folder = tools(major)
        told = _state(connection)
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        _dump(engine.url, folder, aside, snapshot)
    size = aside.stat().st_size
    manifest = Manifest(
        **told,
        server_major=major,
        tool_major=major_of(folder),
        key_id=seal.key_id,
        software_version=version("cohort-0-25"),
        archive_bytes=size,
        archive_digest=digest(aside, size),
    )
    with aside.open("ab") as file:
        file.write(_behind(manifest, seal))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def server_major(connection: Connection) -> int:
    """The major version of the server."""
    return int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000


def _state(connection: Connection) -> dict[str, Any]:
    """What of the manifest is read from the database."""
    try:
        shape = columns(connection)
        if VERSIONS not in shape:
            raise UsageError("STORE-06", "The record was not set up yet.", "Run: cohort db upgrade")
        held = content(connection, shape)
    except ProgrammingError as refused:
        if getattr(refused.orig, "sqlstate", "") != "42501":
            raise
        raise UsageError(
            "BACKUP-03",
            "This login does not see every row: a backup by it would be a part.",
            "Use a superuser or a login with BYPASSRLS in COHORT_ADMIN_URL.",
        ) from None
    moment = connection.scalar(text("SELECT statement_timestamp()"))
    return {
        "made_at": moment.isoformat() if moment else "",
        "revision": str(connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))),  # noqa: S608
        "authorities": tuple(connection.scalars(AUTHORITIES, {"pattern": f"^{Role.AUTHORITY}_[0-9]{{3}}$"})),
        "tables": {table: Held(shape[table], held[table].figure) for table in shape},
    }


def _dump(url: URL, folder: Path, aside: Path, snapshot: str) -> None:
    plain, secret = address(url)
    command = [str(folder / "pg_dump"), f"--dbname={plain}", "--format=custom", "--no-password"]
    command += [f"--schema={schema}" for schema in SCHEMAS]
    command += [f"--snapshot={snapshot}", f"--file={aside}"]
    # Row security stays off, as is pg_dump's default: a login that policies bind fails, it never gets a part.
    done = subprocess.run(  # noqa: S603
        command, env={**os.environ, **secret}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise CohortError(
            "BACKUP-04",
            f"pg_dump ended with code {done.returncode}; no backup was made.",
            "See the server's log, and whether the disk is full.",
        )


def digest(path: Path, size: int) -> str:
    """SHA-256 of a file's first bytes, in hexadecimal."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while size and (block := file.read(min(BLOCK, size))):
            seen.update(block)
            size -= len(block)
    return seen.hexdigest()


def _behind(manifest: Manifest, seal: Seal) -> bytes:
    """What stands behind the archive: the manifest, its seal, its length and the mark."""
    body = json.dumps(asdict(manifest), sort_keys=True).encode()
    return body + seal.of(body).encode() + len(body).to_bytes(LENGTH, "big") + MARK


def read(path: Path, seal: Seal) -> Manifest:
    """The manifest of a backup that is whole and was sealed with this key; every byte is read.

    Raises UsageError for what is no backup, was cut short or changed, or was made with another key.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            body, sealed = _body(file, size)
    except OSError:
        raise UsageError("RESTORE-01", f"{path} cannot be read.", "Name the file of a backup.") from None
    try:
        manifest = _parsed(body)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _changed() from None
    if manifest.key_id != seal.key_id:
        raise UsageError(
            "RESTORE-03",
            f"The backup was made with another key ring (its id is {manifest.key_id}).",
            "Put the key ring of that record in its place: without it no child is found again.",
        )
    is_whole = hmac.compare_digest(sealed, seal.of(body).encode())
    if not is_whole or digest(path, manifest.archive_bytes) != manifest.archive_digest:
        raise _changed()
    return manifest


def _body(file: BinaryIO, size: int) -> tuple[bytes, bytes]:
    """The manifest as it stands behind the archive, and its seal."""
    foot = LENGTH + len(MARK)
    if size < foot:
        raise _changed()
    file.seek(size - foot)
    end = file.read(foot)
    length = int.from_bytes(end[:LENGTH], "big")
    start = size - foot - SEALED - length
    if end[LENGTH:] != MARK or length > LONGEST or start < 0:
        raise _changed()
    file.seek(start)
    return file.read(length), file.read(SEALED)


def _parsed(body: bytes) -> Manifest:
    told = json.loads(body)
    tables = {table: Held(tuple(held["columns"]), held["figure"]) for table, held in told["tables"].items()}
    return Manifest(**{**told, "tables": tables, "authorities": tuple(told["authorities"])})


def _changed() -> UsageError:
    return UsageError(
        "RESTORE-02",
        "The file is no backup, or it was cut short or changed.",
        "Take another copy of it; nothing was restored.",
    )

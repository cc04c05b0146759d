"""A backup is the whole record of one moment, and is put back whole, elsewhere too, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL

from cohort.errors import CohortError, UsageError
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Standing
from cohort.settings import from_environment
from cohort.store import backup as backups
from cohort.store import migrate, postgres_tools
from cohort.store.backup import Seal, backup
from cohort.store.content import content
from cohort.store.restore import restore
from cohort.store.roles import LOGIN
from cohort.vault import keys
from cohort.vault.keys import KeyRing
from service import cli
from service.backups import seal
from service.office import open_office
from tests import postgres, rows
from tests.build import person, sen2
from tests.catalogue import differences, parts, state
from tests.postgres import Databases, as_application
from tests.revisions import STEPS

CLEAN = sen2(person(number=1), person(number=2))
MORE = sen2(person(number=3), year=2025)


def send(xml: bytes, engine: Engine, ring: KeyRing) -> Standing:
    application = as_application(engine)
    try:
        return ingest(xml, "r.xml", engine=application, ring=ring, decision=Decision("officer")).status
    finally:
        application.dispose()


def fill(engine: Engine, ring: KeyRing) -> None:
    """A return taken in by the ordinary path, and rows in every other table."""
    assert send(CLEAN, engine, ring) is Standing.ACCEPTED
    with engine.begin() as connection:
        assert all(rows.fill(connection, {}).values())


def holds(engine: Engine) -> dict[str, str]:
    with engine.begin() as connection:
        return {table: held.figure for table, held in content(connection).items()}


@pytest.fixture(scope="module")
def bare() -> Iterator[Callable[[], Engine]]:
    """Empty databases on a server that never heard of the record: no role of it is there."""
    with postgres.embedded() as server:
        yield from _makers(server)


def _makers(server: URL) -> Iterator[Callable[[], Engine]]:
    made: list[Engine] = []
    admin = create_engine(server, isolation_level="AUTOCOMMIT")

    def make() -> Engine:
        name = f"bare_{len(made)}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        made.append(create_engine(server.set(database=name)))
        return made[-1]

    yield make
    for engine in (*made, admin):
        engine.dispose()


@pytest.fixture
def made(engine: Engine, ring: KeyRing, tmp_path: Path) -> Path:
    """The backup of a filled record on the embedded server."""
    fill(engine, ring)
    backup(engine, tmp_path / "made.backup", seal(ring))
    return tmp_path / "made.backup"


def test_put_back_on_a_bare_server_every_table_role_and_right_is_as_it_was(
    made: Path, engine: Engine, ring: KeyRing, bare: Callable[[], Engine]
) -> None:
    elsewhere = bare()
    with elsewhere.connect() as connection:
        assert not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'cohort%'"))
    manifest = restore(elsewhere, made, seal(ring))
    assert manifest.rows > 50
    assert differences(state(engine), state(elsewhere)) == set()
    assert send(CLEAN, elsewhere, ring) is Standing.ALREADY, "the tokens are the same"
    assert send(MORE, elsewhere, ring) is Standing.ACCEPTED, "keys go on where they were"


def test_a_record_of_an_older_server_is_put_back_on_a_newer_one(
    system_server: Databases, ring: KeyRing, tmp_path: Path, bare: Callable[[], Engine]
) -> None:
    with system_server.fresh() as older:
        fill(older, ring)
        manifest = backup(older, tmp_path / "b", seal(ring))
        newer = bare()
        restore(newer, tmp_path / "b", seal(ring))
        assert holds(newer) == holds(older)
        with older.connect() as one, newer.connect() as other:
            assert {p: parts(one)[p] for p in ("policies", "indexes", "sequences")} == {
                p: parts(other)[p] for p in ("policies", "indexes", "sequences")
            }
        assert send(CLEAN, newer, ring) is Standing.ALREADY
    assert manifest.server_major < 18


def test_a_record_of_a_newer_server_is_not_put_back_on_an_older_one(
    made: Path, system_server: Databases, ring: KeyRing
) -> None:
    with system_server.fresh(is_empty=True) as older:
        before = state(older)
        with pytest.raises(UsageError, match="RESTORE-04"):
            restore(older, made, seal(ring))
        assert state(older) == before


def test_on_the_systems_own_server_it_goes_there_and_back(
    system_server: Databases, ring: KeyRing, tmp_path: Path
) -> None:
    with system_server.fresh() as one, system_server.fresh(is_empty=True) as other:
        fill(one, ring)
        backup(one, tmp_path / "b", seal(ring))
        restore(other, tmp_path / "b", seal(ring))
        assert differences(state(one), state(other)) == set()


def test_a_record_in_use_is_replaced_only_where_that_is_said(made: Path, engine: Engine, ring: KeyRing) -> None:
    before = state(engine)
    assert send(MORE, engine, ring) is Standing.ACCEPTED
    since = state(engine)
    with pytest.raises(UsageError, match="RESTORE-06"):
        restore(engine, made, seal(ring))
    assert state(engine) == since
    restore(engine, made, seal(ring), replace=True)
    assert differences(before, state(engine)) == set()
    with engine.connect() as connection:
        schemas = set(connection.scalars(text("SELECT nspname FROM pg_namespace")))
    assert not {name for name in schemas if name.endswith("_replaced")}


def test_a_migrated_record_that_nobody_used_yet_may_be_filled(
    made: Path, embedded_server: Databases, ring: KeyRing, engine: Engine
) -> None:
    with embedded_server.fresh() as unused:
        restore(unused, made, seal(ring))
        assert differences(state(engine), state(unused)) == set()


def test_a_backup_of_an_older_revision_is_brought_up_to_this_one(
    embedded_server: Databases, ring: KeyRing, tmp_path: Path
) -> None:
    with embedded_server.fresh(is_empty=True) as older, embedded_server.fresh(is_empty=True) as now:
        migrate.upgrade(older, STEPS[-2].revision)
        assert backup(older, tmp_path / "b", seal(ring)).revision == STEPS[-2].revision
        restore(now, tmp_path / "b", seal(ring))
        assert migrate.revision(now) == migrate.head()


def test_a_backup_of_a_newer_revision_is_refused(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE cohort.alembic_version SET version_num = '2099_01_01_1'"))
    backup(engine, tmp_path / "b", seal(ring))
    with pytest.raises(UsageError, match="RESTORE-05"):
        restore(engine, tmp_path / "b", seal(ring), replace=True)


def test_the_file_is_its_owners_alone_holds_no_key_and_is_never_overwritten(
    made: Path, engine: Engine, ring: KeyRing
) -> None:
    body = made.read_bytes()
    assert made.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in made.parent.iterdir()] == [made.name], "nothing is left aside"
    for secret in (*ring.keys, ring.derive("backup")):
        assert secret not in body
        assert secret.hex().encode() not in body
    with pytest.raises(UsageError, match="BACKUP-02"):
        backup(engine, made, seal(ring))
    assert made.read_bytes() == body


def test_pg_restore_reads_the_archive_as_it_is(made: Path) -> None:
    import subprocess

    tool = postgres_tools.tools(18) / "pg_restore"
    listed = subprocess.run([tool, "--list", made], capture_output=True, text=True, check=True).stdout
    assert "TABLE DATA cohort submission" in listed


def _spoilt(body: bytes) -> Iterator[tuple[str, bytes]]:
    end = len(body)
    for cut in (0, 1, 100, end // 2, end - 1000, end - 1):
        yield f"cut at {cut}", body[:cut]
    for place in (10, end // 3, end - 2000, end - 70, end - 20, end - 1):
        yield f"changed at {place}", body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    yield "something behind it", body + b"x"
    yield "another file", b"\x89PNG" * 1000


def _refusal(engine: Engine, path: Path, ring: KeyRing) -> str:
    try:
        restore(engine, path, seal(ring), replace=True)
    except UsageError as error:
        return error.code
    return "none"


def test_a_backup_that_was_cut_or_changed_anywhere_is_refused(
    made: Path, engine: Engine, ring: KeyRing, tmp_path: Path
) -> None:
    before = state(engine)
    spoilt = tmp_path / "spoilt"
    for what, body in _spoilt(made.read_bytes()):
        spoilt.write_bytes(body)
        assert _refusal(engine, spoilt, ring) == "RESTORE-02", what
    assert state(engine) == before


def test_a_manifest_written_anew_without_the_key_is_refused(made: Path, ring: KeyRing, tmp_path: Path) -> None:
    """Whoever changes the archive and reckons its digest again still lacks the seal."""
    manifest = backups.read(made, seal(ring))
    forged = Seal(manifest.key_id, b"\1" * 32)
    body = made.read_bytes()[: manifest.archive_bytes]
    (tmp_path / "forged").write_bytes(body + backups._behind(manifest, forged))
    assert backups.read(tmp_path / "forged", forged) == manifest
    with pytest.raises(UsageError, match="RESTORE-02"):
        backups.read(tmp_path / "forged", seal(ring))


def test_with_another_key_ring_it_is_refused_and_says_so(made: Path, engine: Engine) -> None:
    before = state(engine)
    with pytest.raises(UsageError, match=r"RESTORE-03.*another key ring"):
        restore(engine, made, seal(keys.throwaway()), replace=True)
    assert state(engine) == before


def test_without_its_key_ring_a_restored_record_is_not_opened(
    made: Path, engine: Engine, ring: KeyRing, tmp_path: Path
) -> None:
    restore(engine, made, seal(ring), replace=True)
    url = engine.url.set(username=LOGIN).render_as_string(hide_password=False)
    with pytest.raises(UsageError, match="KEY-02"):
        open_office(from_environment({"COHORT_HOME": str(tmp_path / "new"), "COHORT_DATABASE_URL": url}))


def test_a_login_that_policies_bind_gets_no_backup(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    fill(engine, ring)
    with engine.begin() as connection:
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA cohort, vault TO cohort_app"))
        connection.execute(text("GRANT USAGE ON SCHEMA vault TO cohort_app"))
        connection.execute(text("ALTER DEFAULT PRIVILEGES IN SCHEMA cohort REVOKE ALL ON TABLES FROM cohort_app"))
    application = as_application(engine)
    with pytest.raises(UsageError, match="BACKUP-03"):
        backup(application, tmp_path / "b", seal(ring))
    application.dispose()
    assert list(tmp_path.iterdir()) == []


def test_without_programs_of_the_servers_version_the_way_out_is_said(
    engine: Engine, ring: KeyRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [folder for folder in postgres_tools._folders() if postgres_tools.major_of(folder) < 18]
    monkeypatch.setattr(postgres_tools, "_folders", lambda: iter(old))
    with pytest.raises(UsageError, match="BACKUP-01"):
        backup(engine, tmp_path / "b", seal(ring))
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_was_never_set_up_is_not_backed_up(
    embedded_server: Databases, ring: KeyRing, tmp_path: Path
) -> None:
    with embedded_server.fresh(is_empty=True) as empty, pytest.raises(CohortError, match="STORE-06"):
        backup(empty, tmp_path / "b", seal(ring))


def test_programs_are_those_of_the_servers_version_or_the_next_above() -> None:
    assert postgres_tools.major_of(postgres_tools.tools(18)) == 18
    assert postgres_tools.major_of(postgres_tools.tools(13)) >= 13
    with pytest.raises(UsageError, match="BACKUP-01"):
        postgres_tools.tools(99)


def test_a_password_never_stands_in_a_command_line() -> None:
    plain, secret = postgres_tools.address(URL.create("postgresql+psycopg", "u", "s3cret", "h", 5432, "d"))
    assert "s3cret" not in plain
    assert secret == {"PGPASSWORD": "s3cret"}


def test_a_manifest_says_what_was_backed_up_in_plain_text(made: Path) -> None:
    start = made.read_bytes().rindex(b'{"archive_bytes"')
    told, _ = json.JSONDecoder().raw_decode(made.read_bytes()[start:].decode(errors="ignore"))
    assert {"revision", "server_major", "key_id", "tables", "made_at"} <= set(told)
    assert told["tables"]["vault.token"]["columns"], "what was looked at of each table is said"


def test_by_hand_it_is_two_commands_that_the_audit_trail_tells_of(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COHORT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COHORT_ADMIN_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("COHORT_DATABASE_URL", engine.url.set(username=LOGIN).render_as_string(hide_password=False))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["cohort", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    file = str(tmp_path / "mine.backup")
    assert run("db", "backup")[0] == 2, "no key, no backup"
    assert run("keys", "init")[0] == 0
    assert run("db", "backup", "-o", file)[0] == 0
    assert run("db", "backup", "-o", file)[0] == 2
    code, out, _ = run("db", "backup", "--json")
    assert (code, Path(json.loads(out)["file"]).parent) == (0, tmp_path / "home" / "backups")
    code, _, told = run("db", "restore", file)
    assert (code, "RESTORE-06" in told) == (2, True), "the first backup stands in the audit trail"
    assert run("db", "restore", file, "--replace")[0] == 0
    trail = run("audit")[1]
    assert "restore" in trail
    assert "\tbackup\t" not in trail, "the record is that of before the first backup"

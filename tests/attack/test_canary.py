"""The canary test: two hundred children live the whole life of a record, and none of them is found anywhere.

What is scanned is everything that the life leaves behind; what is looked for is every identifier in every form in
`canary/encodings.py`. A child that is in no return is planted in each place in each form and must be found there,
else the scanner is blind; and builds in which a safety is switched off must be caught.
"""

from __future__ import annotations

import gzip
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from cohort.ingest.receipt import Standing
from cohort.store import migrate
from cohort.store.backup import backup
from cohort.vault import keys
from cohort.vault import tokens as tokens_of
from service.backups import seal
from tests import postgres
from tests.attack.canary import control, files
from tests.attack.canary.children import CANARIES, CONTROL, everybody
from tests.attack.canary.control import CONTROLS, ENCODINGS
from tests.attack.canary.encodings import Pattern, patterns
from tests.attack.canary.life import Life, Sinks, begun, dump, put_back, sinks
from tests.attack.canary.living import live
from tests.attack.canary.scan import CHUNK, Hit, Scanner
from tests.browser import NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner(pattern for child in everybody() for pattern in patterns(child))


@dataclass(frozen=True)
class Lived:
    """A life, and what it left."""

    life: Life
    sinks: Sinks


@pytest.fixture(scope="module")
def server() -> Iterator[Engine]:
    """A server of its own: what lies in its folder was left by this life alone."""
    with postgres.embedded() as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def template(server: Engine) -> str:
    """A migrated database to copy."""
    engine = _created(server, "template_life", "template0")
    migrate.upgrade(engine)
    engine.dispose()
    return "template_life"


def _created(server: Engine, name: str, template: str) -> Engine:
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return create_engine(server.url.set(database=name))


@pytest.fixture(scope="module")
def lived(server: Engine, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    engine = _created(server, "life", template)
    with begun(engine, tmp_path_factory.mktemp("life") / "cohort") as life:
        live(life)
        dump(life)
        put_back(life, "elsewhere")
        yield Lived(life, sinks(life))
    engine.dispose()


def hits(scanner: Scanner, paths: tuple[Path, ...]) -> set[Hit]:
    return set(scanner.paths(paths))


def test_the_life_was_lived(lived: Lived) -> None:
    """Else it proves nothing: every outcome occurred, and the children are in the record."""
    with lived.life.engine.connect() as connection:
        kinds = set(connection.scalars(text("SELECT kind_code FROM cohort.submission_event")))
        persons = connection.scalar(text("SELECT count(*) FROM cohort.person")) or 0
        n_tokens = connection.scalar(text("SELECT count(*) FROM vault.token")) or 0
    assert kinds >= {"accepted", "held", "refused", "superseded", "signed"}
    assert persons > 100
    assert n_tokens > 200
    statuses = {receipt.status for receipt in lived.life.receipts}
    assert statuses >= {Standing.HELD, Standing.REFUSED, Standing.ALREADY, Standing.JUDGED}
    assert {code for code, _ in lived.life.told} >= {0, 1, 2, 3, 6, -9}


def test_keys_were_rotated_and_children_left(lived: Lived) -> None:
    with lived.life.engine.connect() as connection:
        versions = set(connection.scalars(text("SELECT DISTINCT key_version FROM vault.token")))
        grounds = set(connection.scalars(text("SELECT ground_code FROM cohort.erasure")))
        barred = connection.scalar(text("SELECT count(*) FROM vault.barred_token"))
        objecting = connection.scalar(text("SELECT count(*) FROM cohort.objection"))
    assert versions == {2}
    assert grounds == {"objection", "request"}
    assert (barred, objecting) == (2, 1)


PAGES = pytest.param("pages", marks=[pytest.mark.browser, NEEDS_CHROMIUM])
FILES = ["dump", "home", "backups", "app log", "printed", "reports", "export", "releases", "answers", PAGES]


@pytest.mark.parametrize("sink", ["data directory", *FILES])
def test_no_child_is_found(lived: Lived, scanner: Scanner, sink: str) -> None:
    paths = lived.sinks[sink]
    size = sum(file.stat().st_size for path in paths for file in path.rglob("*") if file.is_file())
    assert size > 500, "an empty place proves nothing"
    assert sorted(map(str, hits(scanner, paths))) == []


def test_no_temporary_file_is_left_behind(lived: Lived) -> None:
    (folder,) = lived.sinks["temporary files"]
    assert list(folder.rglob("*")) == []


def found(scanner: Scanner, *paths: Path) -> set[str]:
    """The forms in which the control was found."""
    return {hit.encoding for hit in hits(scanner, paths) if hit.child == CONTROL.number}


@pytest.mark.parametrize("sink", FILES)
def test_a_child_planted_in_a_file_is_found_in_every_form(lived: Lived, scanner: Scanner, sink: str) -> None:
    """The positive control: in files of the kinds that lie in that place, raw and packed."""
    folder = lived.sinks[sink][0]
    suffixes = {file.suffix for file in folder.rglob("*") if file.is_file()}
    planted = {suffix: folder / f"control{suffix}" for suffix in suffixes}
    for suffix, path in planted.items():
        assert not path.exists()
        path.write_bytes(control.planted(suffix))
    try:
        there = hits(scanner, (folder,))
    finally:
        for path in planted.values():
            path.unlink()
    for suffix, path in planted.items():
        assert {hit.encoding for hit in there if hit.place.startswith(str(path))} >= control.expected(suffix), suffix


def test_a_child_planted_in_the_database_is_found_in_its_files_its_log_and_its_dump(
    lived: Lived, scanner: Scanner
) -> None:
    life = lived.life
    texts = [p.body.decode() for p in CONTROLS if p.encoding in {"utf-8", "upper", "hex", "base64 at 1"}]
    with life.engine.begin() as connection:
        connection.execute(text("CREATE TABLE cohort.control (body bytea, words text)"))
        for pattern in CONTROLS:
            connection.execute(text("INSERT INTO cohort.control (body) VALUES (:body)"), {"body": pattern.body})
        for words in texts:
            connection.execute(text("INSERT INTO cohort.control (words) VALUES (:words)"), {"words": words})
    try:
        (data,) = sinks(life)["data directory"]
        assert found(scanner, data / "base") >= ENCODINGS
        assert found(scanner, data / "pg_wal") >= ENCODINGS
        assert found(scanner, data / "log") >= {"utf-8", "upper", "hex", "base64 at 1"}
        ring = keys.load(life.place("home") / "keys" / "keyring.json")
        (life.place("backups") / "record.backup").unlink()
        backup(life.engine, life.place("backups") / "record.backup", seal(ring))
        assert found(scanner, dump(life)) >= {"utf-8", "upper", "hex", "base64 at 1"}
    finally:
        with life.engine.begin() as connection:
            connection.execute(text("DROP TABLE cohort.control"))


def screens_say(lived: Lived, *names: str) -> bytes:
    return b"".join((lived.life.place("pages") / name).read_bytes() for name in names)


@pytest.mark.browser
@NEEDS_CHROMIUM
def test_the_screens_were_seen(lived: Lived) -> None:
    """Else their silence proves nothing: findings, figures and history were drawn, and sent to the browser."""
    for words in (rb"CELL\-08", b"waits as submission", b"Returns sent for", b"It is no league table"):
        assert words in screens_say(lived, "frames.bin"), words
    assert b"CELL-08" in screens_say(lived, "checked.txt")
    assert b"CELL-08" in screens_say(lived, "held.html")


@pytest.mark.browser
@NEEDS_CHROMIUM
def test_a_child_planted_on_a_page_is_found_in_every_form(lived: Lived, scanner: Scanner) -> None:
    """The positive control of the screens: as the name of a file sent up, and as words on the page."""
    folder = lived.life.place("planted pages")
    for page in ("named.html", "named.txt"):
        assert found(scanner, folder / page) >= {"utf-8"}
    assert found(scanner, folder / "written.html", folder / "written.txt") >= set(control.words())


def test_at_least_fourteen_forms_of_every_identifier_are_looked_for() -> None:
    for kind in CONTROL.identifiers:
        assert len({p.encoding.partition(",")[0] for p in CONTROLS if p.kind == kind}) >= 14, kind
    assert len(CANARIES) >= 200


@pytest.mark.parametrize("at", [0, CHUNK - 6, CHUNK - 5, CHUNK - 1, CHUNK, 2 * CHUNK - 3])
def test_a_form_that_lies_across_two_chunks_is_found(scanner: Scanner, at: int) -> None:
    for pattern in CONTROLS[:: len(CONTROLS) // 8]:
        body = bytes(at) + pattern.body + bytes(20)
        assert pattern.encoding in {hit.encoding for hit in scanner.stream(io.BytesIO(body), "x")}


def test_what_is_packed_several_times_is_unpacked(scanner: Scanner) -> None:
    body = control.zipped(
        (Pattern(gzip.compress(control.zipped((Pattern(CONTROL.surname.encode(), 0, "", ""),))), 0, "", ""),)
    )
    assert "utf-8" in found_in(scanner, body)


def found_in(scanner: Scanner, body: bytes) -> set[str]:
    return {hit.encoding for hit in scanner.stream(io.BytesIO(body), "x") if hit.kind == "surname"}


# Sabotage: builds in which a safety is off. A short life, and the scanner must say so.


@pytest.fixture
def short(server: Engine, template: str, tmp_path: Path) -> Iterator[tuple[Life, Engine]]:
    """A new record on a database of its own, before anything was taken in."""
    name = f"short_{abs(hash(tmp_path))}"
    engine = _created(server, name, template)
    with begun(engine, tmp_path / "cohort") as life:
        yield life, engine
    engine.dispose()


def _leaks(life: Life, scanner: Scanner) -> set[tuple[str, str]]:
    """Take one return in, by the command line, and say which kinds of identifier were found in which form."""
    life.cohort("ingest", life.upload("good.xml", files.good()), "--account", "la-201", *files.EXPLAINED)
    life.cohort("db", "backup", "-o", life.place("backups") / "record.backup")
    dump(life)
    paths = [life.place(name) for name in ("log", "printed", "dumped")]
    return {(hit.kind, hit.encoding) for hit in scanner.paths(paths)}


def test_with_every_safety_on_a_short_life_leaks_nothing(short: tuple[Life, Engine], scanner: Scanner) -> None:
    assert _leaks(short[0], scanner) == set()


def test_a_build_that_keeps_the_upn_is_caught(
    short: tuple[Life, Engine], scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cohort.ingest import pseudonymise as station

    life, engine = short
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE cohort.person_trait ADD COLUMN upn text"))
    whole = station._person
    monkeypatch.setattr(
        station, "_person", lambda table, frame, *rest: whole(table, frame, *rest).with_columns(frame["upn"])
    )
    assert ("upn", "utf-8") in _leaks(life, scanner)


def test_a_build_that_hashes_without_a_key_is_caught(
    short: tuple[Life, Engine], scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    def unkeyed(_key: bytes, prefix: bytes) -> Any:
        return lambda value: hashlib.sha256(prefix + value).digest()

    monkeypatch.setattr(tokens_of, "_mac", unkeyed)
    assert ("upn", "sha256, hex") in _leaks(short[0], scanner)


def test_a_log_line_that_prints_a_row_is_caught(
    short: tuple[Life, Engine], scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cohort.ingest import judge

    whole = judge.parse

    def talkative(raw: Any) -> Any:
        parsed = whole(raw)
        logging.getLogger("cohort").debug("parsed %s", parsed.tables["person_trait"].row(0))
        return parsed

    monkeypatch.setattr(judge, "parse", talkative)
    assert ("surname", "utf-8") in _leaks(short[0], scanner)


def test_an_error_shown_in_its_own_words_is_caught(
    short: tuple[Life, Engine], scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cohort.ingest import pipeline
    from service import cli, console

    def broken(parsed: Any, *_: Any) -> Any:
        raise ValueError(str(parsed.tables["person_trait"].row(0)))

    def frank() -> int:
        try:
            return cli.app(standalone_mode=False) or 0
        except ValueError as fault:
            console.err.print(str(fault), markup=False)
            return 1

    monkeypatch.setattr(pipeline, "pseudonymise", broken)
    assert not {kind for kind, _ in _leaks(short[0], scanner)}
    monkeypatch.setattr(cli, "_run", frank)
    short[0].cohort("ingest", short[0].upload("g.xml", files.good()), "--account", "la-201", *files.EXPLAINED)
    assert "upn" in {hit.kind for hit in scanner.paths([short[0].place("printed")])}

"""The record is frozen: the same knowledge gives the same digest, and a correction another."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from cohort.errors import UsageError
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.snapshot import open_snapshot
from cohort.snapshot.cut import Cut, cut
from cohort.snapshot.digest import Digest
from cohort.snapshot.manifest import Manifest
from cohort.vault.keys import KeyRing
from cohort.vault.project import project_key
from service.snapshots import verify
from tests.build import new_plan, old_plan, person, sen2
from tests.postgres import Databases

FIRST = sen2(person(new_plan(), number=1), person(old_plan(), number=2))
CORRECTED = sen2(person(new_plan(), number=1), person(old_plan(), number=2), person(number=3))


def send(xml: bytes, engine: Engine, ring: KeyRing) -> None:
    ingest(xml, "r.xml", engine=engine, ring=ring, decision=Decision("officer"))


def frozen(
    engine: Engine,
    folder: Path,
    name: str,
    ring: KeyRing,
    *,
    moment: datetime | None = None,
    project: str = "p",
) -> Manifest:
    rekey, key_id = project_key(ring, project)
    return cut(engine, folder, Cut(name, rekey, key_id, moment))


def now(engine: Engine) -> datetime:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT clock_timestamp()"))


def test_the_same_submissions_give_the_same_digest(either: Engine, ring: KeyRing, tmp_path: Path) -> None:
    send(FIRST, either, ring)
    one, other = frozen(either, tmp_path, "one", ring), frozen(either, tmp_path, "other", ring)
    assert one.digest == other.digest
    assert one.name != other.name


def test_the_same_returns_in_another_record_give_the_same_events_and_other_persons(
    embedded_server: Databases, ring: KeyRing, tmp_path: Path
) -> None:
    made = []
    for name in ("here", "there"):
        with embedded_server.fresh() as engine:
            send(FIRST, engine, ring)
            made.append(frozen(engine, tmp_path, name, ring))
    assert made[0].events == made[1].events
    assert made[0].tables["return"].digest == made[1].tables["return"].digest
    assert made[0].tables["person"].digest != made[1].tables["person"].digest, "person keys are random"


def test_a_snapshot_as_known_before_a_correction_differs_from_the_one_after(
    either: Engine, ring: KeyRing, tmp_path: Path
) -> None:
    send(FIRST, either, ring)
    before = frozen(either, tmp_path, "before", ring)
    moment = now(either)
    send(CORRECTED, either, ring)
    after = frozen(either, tmp_path, "after", ring)
    again = frozen(either, tmp_path, "again", ring, moment=moment)
    assert after.digest != before.digest
    assert again.digest == before.digest
    assert open_snapshot(tmp_path / "after").tables["person"].count().execute() == 3
    assert open_snapshot(tmp_path / "again").tables["person"].count().execute() == 2


def test_a_snapshot_holds_neither_tokens_nor_the_records_own_keys(
    engine: Engine, ring: KeyRing, tmp_path: Path
) -> None:
    send(FIRST, engine, ring)
    frozen(engine, tmp_path, "s", ring)
    with engine.connect() as connection:
        keys = connection.execute(text("SELECT person_id::text FROM cohort.person")).scalars().all()
        tokens = connection.execute(text("SELECT encode(token, 'hex') FROM vault.token")).scalars().all()
    frames = [pl.read_parquet(path) for path in tmp_path.rglob("*.parquet")]
    dump = "\n".join(frame.write_csv() for frame in frames) + (tmp_path / "s" / "snapshot.json").read_text()
    assert "WBRI" in dump, "the search looks in the right place"
    for secret in (*keys, *tokens):
        assert secret not in dump
        assert secret.replace("-", "") not in dump
    assert not [c for f in frames for c in f.columns if c in {"submission_id", "token"}]


def test_two_projects_name_a_person_differently(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    send(FIRST, engine, ring)
    for project in ("a", "b"):
        frozen(engine, tmp_path, project, ring, project=project)
    ids = [set(pl.read_parquet(tmp_path / p / "person" / "all.parquet")["person_id"]) for p in ("a", "b")]
    assert len(ids[0]) == len(ids[1]) == 2
    assert not ids[0] & ids[1]


def test_a_name_is_taken_by_one_content_only(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    send(FIRST, engine, ring)
    frozen(engine, tmp_path, "s", ring)
    frozen(engine, tmp_path, "s", ring)
    send(CORRECTED, engine, ring)
    with pytest.raises(UsageError, match="SNAP-05"):
        frozen(engine, tmp_path, "s", ring)
    with pytest.raises(UsageError, match="SNAP-04"):
        frozen(engine, tmp_path, "../s", ring)
    assert [p.name for p in tmp_path.iterdir()] == ["s"], "nothing half written is left"


def test_a_changed_file_or_manifest_is_noticed(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    send(FIRST, engine, ring)
    frozen(engine, tmp_path, "s", ring)
    verify(tmp_path / "s")
    path = tmp_path / "s" / "person" / "all.parquet"
    original = path.read_bytes()
    pl.read_parquet(path).with_columns(sex_code=pl.lit("M")).write_parquet(path)
    with pytest.raises(UsageError, match="SNAP-06"):
        verify(tmp_path / "s")
    path.write_bytes(original)
    manifest = tmp_path / "s" / "snapshot.json"
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(said | {"project_key_id": "another"}))
    with pytest.raises(UsageError, match="SNAP-07"):
        verify(tmp_path / "s")


def test_an_empty_record_can_be_frozen_with_all_its_tables(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    manifest = frozen(engine, tmp_path, "s", ring)
    assert manifest.tables["ehc_plan"].rows == 0
    assert manifest.is_invented is False
    assert "start_date" in open_snapshot(tmp_path / "s").tables["ehc_plan"].columns


def test_a_folder_that_is_no_snapshot_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="SNAP-01"):
        open_snapshot(tmp_path)


def test_an_engine_that_is_not_offered_is_refused(tmp_path: Path) -> None:
    Manifest("s", datetime(2026, 1, 1, tzinfo=UTC), (), {}, "k", True, "0", "d").write(tmp_path)
    with pytest.raises(UsageError, match="SNAP-03"):
        open_snapshot(tmp_path, engine="sqlite")


FRAMES = pl.DataFrame({"a": ["x", None, "é"], "b": [1, None, 3], "c": [True, None, False], "d": [1.5, None, 2.0]})


def digest(*slices: pl.DataFrame) -> str:
    made = Digest({name: str(kind) for name, kind in slices[0].schema.items()})
    for rows in slices:
        made.take(rows.to_arrow())
    return made.hexdigest()


def test_a_digest_knows_content_and_order_but_neither_chunks_nor_slices() -> None:
    assert digest(pl.concat([FRAMES[:1], FRAMES[1:]], rechunk=False)) == digest(FRAMES)
    assert digest(FRAMES[:1], FRAMES[1:1], FRAMES[1:]) == digest(FRAMES)
    assert digest(FRAMES[::-1]) != digest(FRAMES)
    assert digest(FRAMES.rename({"a": "z"})) != digest(FRAMES)
    assert digest(FRAMES.cast({"b": pl.Int32})) != digest(FRAMES)
    for name, value in {"a": "", "b": 0, "c": False, "d": 0.0}.items():
        assert digest(FRAMES.with_columns(pl.col(name).fill_null(value))) != digest(FRAMES), "nothing is not a value"
    moved = [pl.DataFrame({"b": cells}) for cells in ([None, 1, 1], [1, None, 1])]
    assert digest(moved[0]) != digest(moved[1])


def test_a_digest_is_of_what_texts_say_and_not_of_how_they_are_kept() -> None:
    texts = FRAMES.select("a")
    for kind in (pl.Categorical(), pl.Enum(["é", "y", "x"])):
        coded = Digest({"a": "String"})
        coded.take(texts.cast(kind).to_arrow())
        assert coded.hexdigest() == digest(texts)
    assert digest(pl.DataFrame({"a": ["ab", "c"]})) != digest(pl.DataFrame({"a": ["a", "bc"]}))


def test_no_digest_is_made_of_what_has_no_plain_values() -> None:
    with pytest.raises(TypeError):
        digest(pl.DataFrame({"a": [[1], [2]]}))


@hypothesis_settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=8), st.integers(0, 8))
def test_any_difference_in_words_is_another_digest(words: list[str | None], place: int) -> None:
    other = [*words[:place], "changed", *words[place + 1 :]]
    one, two = (digest(pl.DataFrame({"w": said}, schema={"w": pl.String})) for said in (words, other))
    assert (one == two) == (words == other)


def test_a_snapshot_says_which_authorities_there_were_and_who_followed_whom(
    either: Engine, ring: KeyRing, tmp_path: Path
) -> None:
    """A series can be drawn as it was, or on another year's map, from the snapshot alone."""
    send(FIRST, either, ring)
    frozen(either, tmp_path, "one", ring)
    tables = open_snapshot(tmp_path / "one").tables
    split = tables["authority_succession"].to_polars().filter(from_code="928").sort("to_code")
    assert split["to_code"].to_list() == ["940", "941"]
    assert split["share"].sum() == pytest.approx(1)
    ended = tables["authority_period"].to_polars().filter(authority_code="928").sort("from_date").row(-1, named=True)
    assert str(ended["to_date"]) == "2021-03-31"

"""A third party holds the key: what each party sees, and that the record is the same as from one machine."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine, text

from cohort.errors import CohortError, ReturnRefused, UsageError
from cohort.ingest.judge import parsed_return
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.pseudonymise import PseudonymousReturn, joined, pseudonymise
from cohort.ingest.read import read
from cohort.ingest.receipt import Receipt, Standing
from cohort.ingest.split import split, taken, tokenised
from cohort.vault import keys
from cohort.vault.keys import KeyRing
from cohort.vault.state import ring_of_record
from synthetic import returns
from synthetic.world import make
from tests.build import new_plan, old_plan, person, sen2, upn
from tests.postgres import Databases

ULN = "9999375358"
CHILD: dict[str, Any] = {
    "Surname": "Quibblethwaite",
    "Forename": "Zephyrine",
    "PostCode": "ZZ99 9ZQ",
    "PersonBirthDate": "2006-02-03",
    "UniqueLearnerNumber": ULN,
}
RETURN = sen2(
    person(new_plan(), number=7, **CHILD),
    person(old_plan(), number=2, UPN=f"\u200b{upn(2).lower()} ", UniqueLearnerNumber=None),
    person(old_plan(), number=3, UPN=None, UPNunknown="UN8"),
    person(old_plan(), number=4, Ethnicity="XXXX"),
)


class Parties:
    """The three parties and what they hand to each other."""

    def __init__(self, folder: Path, xml: bytes, ring: KeyRing) -> None:
        self.parsed = parsed_return(read(xml))
        self.identifiers, self.attributes = split(self.parsed, folder / "authority", "return")
        self.tokens = tokenised(self.identifiers, folder / "third party" / "return.tokens.jsonl", ring)

    def joined(self, ring: KeyRing) -> PseudonymousReturn:
        given, made = taken(self.attributes, self.tokens)
        return joined(given, made, ring)


@pytest.fixture
def parties(tmp_path: Path, ring: KeyRing) -> Parties:
    return Parties(tmp_path, RETURN, ring)


def assert_same(one: PseudonymousReturn, other: PseudonymousReturn) -> None:
    """Frame by frame, types and order included; only the file that was received is another."""
    assert one.tokens.equals(other.tokens)
    assert one.tokens.schema == other.tokens.schema
    assert one.keys.schema == other.keys.schema
    assert one.keys.equals(other.keys)
    assert one.keys.height
    assert one.tables.keys() == other.tables.keys()
    for name, frame in one.tables.items():
        assert frame.schema == other.tables[name].schema, name
        assert frame.equals(other.tables[name]), name
    assert one.findings.equals(other.findings)
    for name in ("format", "year", "authority_code", "census_date", "header", "notes", "key_version", "key_id"):
        assert getattr(one, name) == getattr(other, name), name
    assert one.content_digest == other.content_digest


def test_both_ways_make_the_same_return(parties: Parties, ring: KeyRing) -> None:
    here = pseudonymise(parties.parsed, ring)
    assert here.findings.height > 0
    assert here.notes
    assert_same(here, parties.joined(ring))


@pytest.mark.parametrize("versions", [1, 3])
def test_both_ways_make_the_same_of_a_whole_authority(tmp_path: Path, versions: int) -> None:
    (path, *_) = sorted(returns.write(make(authorities=5, children=600, seed=25), tmp_path / "returns"))
    ring = KeyRing(tuple(keys.throwaway().keys[0] for _ in range(versions)))
    whole = Parties(tmp_path, path.read_bytes(), ring)
    assert_same(pseudonymise(whole.parsed, ring), whole.joined(ring))


def test_both_ways_find_the_same_persons(embedded_server: Databases, tmp_path: Path, ring: KeyRing) -> None:
    """Two records: one filled on one machine, one by way of the third party, who keeps the tokens' key for itself."""
    own = keys.throwaway()
    years = (2024, 2025)
    files = [sen2(*(person(number=n) for n in range(1, 2 + year - 2020)), year=year) for year in years]

    def persons(engine: Engine) -> list[tuple[int, int, int]]:
        """Persons numbered by their first row, so that two records can be compared."""
        with engine.connect() as connection:
            query = text(
                "SELECT submission_id, person_row, dense_rank() OVER (ORDER BY first) FROM (SELECT *, "
                "min(submission_id * 1000 + person_row) OVER (PARTITION BY person_id) AS first FROM cohort.link) l "
                "ORDER BY 1, 2"
            )
            return [tuple(row) for row in connection.execute(query)]

    with embedded_server.fresh() as alone, embedded_server.fresh() as parted:
        for place, xml in enumerate(files):
            ingest(xml, "r", engine=alone, ring=ring, decision=Decision("o"))
            by = Parties(tmp_path / str(place), xml, ring)
            receipt = ingest(by.attributes, "r", engine=parted, ring=own, decision=Decision("o"), tokens=by.tokens)
            assert receipt.status is Standing.ACCEPTED
        assert persons(alone) == persons(parted)
        assert len(persons(parted)) == 5 + 6
        assert ring_of_record(parted, own) == own, "the record's own ring serves, though it made no token"
        with pytest.raises(UsageError) as refused:  # a return pseudonymised here would make strangers
            ingest(files[0], "r", engine=parted, ring=own, decision=Decision("o"))
        assert refused.value.code == "KEY-07"


def shown(path: Path) -> str:
    return path.read_text(encoding="utf-8").upper()


def says(text: str, word: str) -> bool:
    """Whether a word stands there for itself: in the digits of a token any four may stand."""
    return re.search(rf"(?<![0-9A-F]){re.escape(word)}(?![0-9A-F])", text) is not None


def test_attributes_hold_no_identifier_and_identifiers_no_attribute(parties: Parties) -> None:
    identifiers, attributes, made = (shown(p) for p in (parties.identifiers, parties.attributes, parties.tokens))
    for secret in ("Quibblethwaite", "Zephyrine", "ZZ99", upn(7), upn(2), ULN, "2006-02-03", "Surname7"):
        assert secret.upper() not in attributes
        assert secret.upper() not in made
    assert upn(7) in identifiers, "the search looks in the right place"
    assert "2006-02-01" in attributes, "the month is there"
    for attribute in ("ASD", "WBRI", '"201"', "2024", "SEN2", "100001", "2023-09-11", "ROW_NUMBER"):
        assert says(attributes, attribute)
        assert not says(identifiers, attribute)
        assert not says(made, attribute)
    kept = {"row_key", "upn", "uln", "surname", "forename", "birth_date", "sex_code", "postcode"}
    assert {name for row in rows(parties.identifiers, "people") for name in row} == kept
    assert {name for row in rows(parties.tokens, "tokens") for name in row} == {"row_key", "kind_code", "token", "mark"}


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    start = next(n for n, line in enumerate(lines) if line.get("table") == table)
    return lines[start + 1 : start + 1 + lines[start]["rows"]]


def test_row_keys_are_new_each_time_and_order_says_nothing(parties: Parties, tmp_path: Path, ring: KeyRing) -> None:
    again = Parties(tmp_path / "again", RETURN, ring)
    given = [row["row_key"] for row in rows(parties.identifiers, "people")]
    assert given == sorted(given)
    assert not set(given) & {row["row_key"] for row in rows(again.identifiers, "people")}
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in given)


@pytest.mark.parametrize("name", ["identifiers", "attributes", "tokens"])
def test_every_file_is_for_its_owner_alone_and_written_over_nothing(
    parties: Parties, tmp_path: Path, ring: KeyRing, name: str
) -> None:
    path: Path = getattr(parties, name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    again = partial(tokenised, parties.identifiers, path, ring)
    with pytest.raises(UsageError) as refused:
        (again if name == "tokens" else partial(split, parties.parsed, path.parent, "return"))()
    assert refused.value.code == "SPLIT-06"
    assert path.read_bytes() == before


def test_identifiers_are_normalised_by_the_third_party_too(parties: Parties, tmp_path: Path, ring: KeyRing) -> None:
    path = changed(parties.identifiers, upn(7), f"  {upn(7).lower()}\u200b")
    other = tokenised(path, tmp_path / "other.jsonl", ring)
    assert rows(other, "tokens") == rows(parties.tokens, "tokens")


def changed(path: Path, old: str, new: str) -> Path:
    """The file with something in it replaced, in place."""
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")
    return path


Spoil = Callable[[Parties], object]


def code_of(parties: Parties, ring: KeyRing) -> str:
    with pytest.raises(ReturnRefused) as refused:
        parties.joined(ring)
    assert refused.value.remedy
    return refused.value.code


def another_split(parties: Parties) -> None:
    split(parties.parsed, parties.attributes.parent / "b", "return")
    parties.attributes = parties.attributes.parent / "b" / "return.attributes.jsonl"


def lost_token(parties: Parties) -> None:
    held = len(rows(parties.tokens, "tokens"))
    lines = parties.tokens.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace(f'"rows": {held}', f'"rows": {held - 1}')
    parties.tokens.write_text("".join([*lines[:2], *lines[3:]]))


def exchanged_keys(parties: Parties) -> None:
    """Two rows change places: one of them has a ULN and the other has none."""
    one, two = (row["row_key"] for row in rows(parties.attributes, "rows")[:2])
    body = parties.tokens.read_text().replace(one, "\0").replace(two, one).replace("\0", two)
    parties.tokens.write_text(body)


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("SPLIT-01", lambda p: setattr(p, "tokens", p.attributes)),
        ("SPLIT-01", lambda p: setattr(p, "attributes", p.identifiers)),
        ("SPLIT-01", lambda p: p.attributes.write_bytes(p.attributes.read_bytes()[:-40])),
        ("SPLIT-01", lambda p: p.attributes.write_bytes(RETURN)),
        ("SPLIT-01", lambda p: p.tokens.write_bytes(b"\xff\xfe")),
        ("SPLIT-01", lambda p: changed(p.attributes, '"collection": "SEN2"', '"collection": "X"')),
        ("SPLIT-01", lambda p: changed(p.attributes, '"authority": "201"', '"authority": "202"')),
        ("SPLIT-02", another_split),
        ("SPLIT-03", lost_token),
        ("SPLIT-03", exchanged_keys),
        ("SPLIT-03", lambda p: changed(p.tokens, '"kind_code":"uln"', '"kind_code":"surname"')),
        ("SPLIT-03", lambda p: changed(p.tokens, '"token":"', '"token":"Quibblethwaite')),
        ("SPLIT-04", lambda p: changed(p.tokens, '"normaliser": 1', '"normaliser": 2')),
        ("SPLIT-04", lambda p: changed(p.attributes, '"normaliser": 1', '"normaliser": 2')),
        ("SPLIT-05", lambda p: changed(p.attributes, '"ethnicity_code":"WBRI"', '"ethnicity_code":"ZOE"')),
        ("SPLIT-05", lambda p: changed(p.attributes, "100001", upn(7))),
        ("SPLIT-05", lambda p: changed(p.attributes, '"birth_month":"2006-02-01"', '"birth_month":"2006-02-03"')),
        ("SPLIT-05", lambda p: changed(p.attributes, '"birth_month"', '"birth_date"')),
        ("SPLIT-05", lambda p: changed(p.attributes, '"sex_code":"F"', f'"sex_code":"F","upn":"{upn(7)}"')),
        ("SPLIT-05", lambda p: changed(p.attributes, '"column":"Ethnicity"', f'"column":"{upn(7)}"')),
        ("SPLIT-05", lambda p: changed(p.attributes, '"person_row":1,"received', '"person_row":9,"received')),
    ],
)
def test_what_does_not_belong_together_or_was_changed_is_refused(
    parties: Parties, ring: KeyRing, code: str, spoil: Spoil
) -> None:
    parties.joined(ring)  # sound before
    spoil(parties)
    assert code_of(parties, ring) == code


def test_no_refusal_quotes_the_file(parties: Parties, ring: KeyRing) -> None:
    changed(parties.attributes, '"ethnicity_code":"WBRI"', '"ethnicity_code":"Quibblethwaite"')
    with pytest.raises(CohortError) as refused:
        parties.joined(ring)
    assert "Quibble" not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_another_authoritys_attributes_are_refused(parties: Parties, engine: Engine, ring: KeyRing) -> None:
    with pytest.raises(ReturnRefused) as refused:
        ingest(
            parties.attributes,
            "r",
            engine=engine,
            ring=ring,
            decision=Decision("o"),
            authority="202",
            tokens=parties.tokens,
        )
    assert refused.value.code == "ROUTE-01"


def send(parties: Parties, engine: Engine, ring: KeyRing) -> Receipt:
    decision = Decision("o", confirm="As it is.", explanations={})
    return ingest(parties.attributes, "r", engine=engine, ring=ring, decision=decision, tokens=parties.tokens)


def test_tokens_of_other_keys_are_refused_by_the_record(
    parties: Parties, engine: Engine, tmp_path: Path, ring: KeyRing
) -> None:
    own = keys.throwaway()
    xml = sen2(person(number=1))
    send(Parties(tmp_path / "1", xml, ring), engine, own)
    for place, other, code in ((2, KeyRing((*ring.keys, *own.keys)), "KEY-13"), (3, keys.throwaway(), "KEY-07")):
        by_other = Parties(tmp_path / str(place), xml, other)
        with pytest.raises(UsageError) as refused:
            send(by_other, engine, own)
        assert refused.value.code == code


def test_without_the_third_partys_key_nobody_is_found_by_trying(parties: Parties, ring: KeyRing) -> None:
    """The record's operator knows every UPN that could be, and its own ring: that opens no token."""
    held = {row["token"] for row in rows(parties.tokens, "tokens")} | {
        row["mark"] for row in rows(parties.tokens, "tokens")
    }
    number = pl.DataFrame({"person_row": [1], "upn": [upn(7)]}, schema_overrides={"person_row": pl.UInt32})

    def found(by: KeyRing) -> bool:
        from cohort.ingest.pseudonymise import tokenise

        made = tokenise(number, by).frame
        return bool(held & {bytes(value).hex() for name in ("token", "mark") for value in made[name]})

    assert found(ring), "the control: with the key the child is found"
    assert not found(keys.throwaway())

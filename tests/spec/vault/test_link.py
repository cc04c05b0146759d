"""Linkage: who of a return is known, who is new, and that the order of rows changes neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import RFC_4122, UUID

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.ingest import finding
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.pseudonymise import PseudonymousReturn
from cohort.vault.link import KNOWN_SCHEMA, NEW, LinkedReturn, link, nobody, random_keys

Row = tuple[str | None, str | None]
"""The UPN and the ULN of a row, None where there is none."""


def returned(rows: Sequence[Row]) -> PseudonymousReturn:
    """A return of these persons; the text of an identifier stands for its token."""
    seen: dict[str, int] = {}
    first = [seen.setdefault(upn, place) if upn else place for place, (upn, _) in enumerate(rows, start=1)]
    numbers = pl.Series(range(1, len(rows) + 1), dtype=pl.UInt32)
    person = pl.DataFrame({"row_number": numbers, "person_row": numbers, "same_upn_row": first})
    tokens = [
        (place, kind, value.encode())
        for place, row in enumerate(rows, start=1)
        for kind, value in zip(("upn", "uln"), row, strict=True)
        if value
    ]
    schema = {"person_row": pl.UInt32, "kind_code": pl.String, "token": pl.Binary}
    return PseudonymousReturn(
        format=SEN2,
        year=2024,
        authority_code="202",
        census_date=date(2024, 1, 18),
        header={},
        tables={"person_trait": person},
        tokens=pl.DataFrame(tokens, schema=schema, orient="row"),
        key_version=1,
        findings=finding.none(),
        notes={},
        content_key=b"",
        file_digest="",
        size=0,
    )


def record(**persons: Row) -> pl.DataFrame:
    """What the record knows: `ann=("U1", "L1")`."""
    rows = [
        (kind, value.encode(), person)
        for person, row in persons.items()
        for kind, value in zip(("upn", "uln"), row, strict=True)
        if value
    ]
    return pl.DataFrame(rows, schema=KNOWN_SCHEMA, orient="row")


def persons(linked: LinkedReturn) -> list[str]:
    """The person of each row."""
    return linked.links.sort("person_row")["person_id"].to_list()


def rules(linked: LinkedReturn) -> list[str]:
    return linked.links.sort("person_row")["rule_code"].to_list()


def found(linked: LinkedReturn) -> list[tuple[str, int, str]]:
    return linked.findings.select("code", "row", "column").rows()


ANN_AND_BOB = record(ann=("U1", "L1"), bob=("U2", "L2"))


@pytest.mark.parametrize(
    ("row", "person", "rule"),
    [
        (("U1", "L1"), "ann", "upn"),
        (("U1", None), "ann", "upn"),
        (("U1", "L9"), "ann", "upn"),
        ((None, "L1"), "ann", "uln"),
        (("U9", "L1"), "ann", "uln"),
        (("U2", None), "bob", "upn"),
    ],
)
def test_a_person_is_known_by_the_upn_and_else_by_the_uln(row: Row, person: str, rule: str) -> None:
    linked = link(returned([row]), ANN_AND_BOB)
    assert (persons(linked), rules(linked), found(linked)) == ([person], [rule], [])


@pytest.mark.parametrize("row", [("U9", "L9"), ("U9", None), (None, "L9"), (None, None), ("L1", "U1")])
def test_who_is_not_known_is_new(row: Row) -> None:
    linked = link(returned([row]), ANN_AND_BOB)
    assert rules(linked) == [NEW]
    assert persons(linked)[0] not in {"ann", "bob"}


def test_the_upn_wins_over_the_uln_and_the_torn_pair_is_shown() -> None:
    linked = link(returned([("U1", "L2"), ("U2", None)]), ANN_AND_BOB)
    assert persons(linked) == ["ann", "bob"]
    assert found(linked) == [("LINK-01", 1, "UPN")]


def test_a_torn_pair_joins_nobody_to_anybody() -> None:
    linked = link(returned([("U1", "L2"), (None, "L1"), (None, "L2")]), ANN_AND_BOB)
    assert persons(linked) == ["ann", "ann", "bob"]


def test_a_new_identifier_at_two_known_persons_makes_them_no_one_person() -> None:
    linked = link(returned([("U1", "L9"), ("U2", "L9")]), ANN_AND_BOB)
    assert persons(linked) == ["ann", "bob"]
    assert [code for code, _, _ in found(linked)] == ["LINK-02", "LINK-02"]


def test_rows_without_any_identifier_are_persons_of_their_own() -> None:
    linked = link(returned([(None, None)] * 3), ANN_AND_BOB)
    assert len(set(persons(linked))) == 3
    assert rules(linked) == [NEW] * 3


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ([("U8", None), ("U8", None)], 1),
        ([(None, "L8"), (None, "L8")], 1),
        ([("U8", "L8"), ("U8", "L9")], 1),
        ([("U8", "L8"), (None, "L8")], 1),
        ([(None, "L8"), ("U8", "L8")], 1),
        ([("U8", None), ("U9", "L9"), (None, "L9"), ("U8", "L9")], 1),
        ([("U8", None), ("U9", None)], 2),
        ([("X", None), (None, "X")], 2),
    ],
)
def test_rows_that_share_a_new_identifier_share_a_new_person(rows: list[Row], parts: int) -> None:
    linked = link(returned(rows), ANN_AND_BOB)
    assert len(set(persons(linked))) == parts
    assert set(rules(linked)) == {NEW}


@pytest.mark.parametrize("rows", [[("U1", "L9"), (None, "L9")], [(None, "L9"), ("U1", "L9")]])
def test_a_new_identifier_beside_a_known_one_belongs_to_the_known_person(rows: list[Row]) -> None:
    """Else the record, where a ULN names one person, would be asked to give it to two."""
    linked = link(returned(rows), ANN_AND_BOB)
    assert persons(linked) == ["ann", "ann"]
    assert sorted(rules(linked)) == ["uln", "upn"]


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([("U8", "L8"), ("U9", "L8")], [1, 2]),
        ([("U1", "L1"), ("U9", "L1")], [1, 2]),
        ([("U8", "L8"), (None, "L8"), ("U9", "L9")], [1, 2]),
        ([(None, "L8"), (None, "L8")], [1, 2]),
        ([("U8", "L8"), ("U8", "L8")], []),
        ([("U8", "L8"), ("U9", "L9")], []),
        ([("X", None), (None, "X")], []),
    ],
)
def test_two_records_with_one_uln_are_set_aside_lest_two_children_become_one(rows: list[Row], shown: list[int]) -> None:
    """Where the UPN is shared too, the rule about UPNs speaks."""
    linked = link(returned(rows), ANN_AND_BOB)
    assert found(linked) == [("LINK-02", row, "UniqueLearnerNumber") for row in shown]
    assert set(linked.findings["level"]) <= {"error"}


def test_every_row_is_linked_once_in_file_order() -> None:
    linked = link(returned([("U1", None), (None, None), ("U9", "L9"), ("U9", None)]), ANN_AND_BOB)
    assert linked.links.columns == ["person_row", "person_id", "rule_code", "weight"]
    assert linked.links["person_row"].to_list() == [1, 2, 3, 4]
    assert linked.links["weight"].to_list() == [1.0] * 4
    assert linked.links.null_count().sum_horizontal().item() == 0


def test_the_counts_say_who_was_known_and_by_what() -> None:
    linked = link(returned([("U1", None), (None, "L2"), ("U9", None), (None, None)]), ANN_AND_BOB)
    assert linked.counts == {"known": 2, "new": 2, "by_rule": {"new": 2, "uln": 1, "upn": 1}}


def test_without_a_record_everybody_is_new() -> None:
    linked = link(returned([("U1", "L1"), (None, None)]), nobody())
    assert linked.counts == {"known": 0, "new": 2, "by_rule": {"new": 2}}


def test_new_persons_have_another_key_each_time() -> None:
    given_rows = returned([("U9", None)])
    assert persons(link(given_rows, nobody())) != persons(link(given_rows, nobody()))


def partition(linked: LinkedReturn, order: Sequence[int], known: set[str]) -> Mapping[int, object]:
    """Row (by its place before shuffling) → the known person, or the rows that share the new one."""
    by_row = dict(zip(order, persons(linked), strict=True))
    return {
        row: person if person in known else frozenset(r for r, p in by_row.items() if p == person)
        for row, person in by_row.items()
    }


UPNS = st.sampled_from([None, *(f"U{n}" for n in range(1, 7))])
ULNS = st.sampled_from([None, *(f"L{n}" for n in range(1, 7))])
ROWS = st.lists(st.tuples(UPNS, ULNS), max_size=10)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(range(len(rows))))),
    st.permutations(range(1, 7)),
    st.integers(0, 4),
)
def test_the_order_of_rows_changes_nobodys_person(
    drawn: tuple[list[Row], list[int]], ulns: list[int], n_known: int
) -> None:
    rows, order = drawn
    known = {f"person {p}": (f"U{p}", f"L{ulns[p]}") for p in range(1, n_known + 1)}
    there = record(**known)
    straight = link(returned(rows), there)
    shuffled = link(returned([rows[place] for place in order]), there)
    assert partition(straight, range(len(rows)), set(known)) == partition(shuffled, order, set(known))
    assert straight.counts == shuffled.counts
    moved = sorted((code, order[row - 1] + 1, column) for code, row, column in found(shuffled))
    assert moved == sorted(found(straight))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(ROWS)
def test_no_identifier_is_proposed_for_two_new_persons(rows: list[Row]) -> None:
    """A token names one person in the record; what two rows share they share as one person."""
    linked = link(returned(rows), nobody())
    owners = linked.pseudonymous.tokens.join(linked.links, on="person_row")
    assert owners.group_by("kind_code", "token").agg(pl.col("person_id").n_unique() == 1)["person_id"].all()


def test_a_long_chain_of_shared_identifiers_is_followed_to_its_end() -> None:
    rows: list[Row] = [(f"U{i // 2}", f"L{(i + 1) // 2}") for i in range(5_000)]
    assert len(set(persons(link(returned(rows), nobody())))) == 1


def test_a_return_of_nobody_links_nobody() -> None:
    linked = link(replace(returned([]), findings=finding.none()), ANN_AND_BOB)
    assert linked.links.is_empty()
    assert linked.counts == {"known": 0, "new": 0, "by_rule": {}}


def test_keys_are_random_uuids_of_version_four() -> None:
    keys = [UUID(key) for key in random_keys(2_000)]
    assert {(key.version, key.variant) for key in keys} == {(4, RFC_4122)}
    assert len(set(keys)) == len(keys)
    bits = [sum(key.int >> bit & 1 for key in keys) for bit in range(128)]
    assert sum(800 < n < 1_200 for n in bits) == 122  # all but version and variant

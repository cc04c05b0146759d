"""Who a row of a return is about, as known at a moment: merges and splits of persons, undone or not.

Facts keep the key under which they were stored. A merge says that one key is another's from a moment on; a split
says that one row of one return is about somebody else. Both are dated events that can be undone, never updates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, text

SCHEMA = {
    "identity_event_id": pl.Int64,
    "kind_code": pl.String,
    "person_id": pl.String,
    "into_person_id": pl.String,
    "submission_id": pl.Int64,
    "person_row": pl.Int64,
    "undoes_id": pl.Int64,
}
QUERY = text(
    """
    SELECT identity_event_id, kind_code, person_id::text, into_person_id::text, submission_id, person_row, undoes_id
    FROM cohort.identity_event
    WHERE CAST(:moment AS timestamptz) IS NULL OR at <= :moment
    ORDER BY identity_event_id
    """
)
PLACE = ["submission_id", "person_row"]


@dataclass(frozen=True)
class Identities:
    """`rows`: submission_id, person_row, into_person_id of split rows. `merged`: person → the person who stays."""

    rows: pl.DataFrame
    merged: dict[str, str]
    events: tuple[dict[str, object], ...] = ()
    """Kind and key of each event, undone ones included: what a snapshot's digest covers."""

    def resolve(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Facts with the person whom each is known to be about; order and columns stay."""
        if not self.rows.is_empty():
            split = facts.join(self.rows, on=PLACE, how="left", maintain_order="left")
            facts = split.with_columns(person_id=pl.coalesce("into_person_id", "person_id")).drop("into_person_id")
        return self.stay(facts)

    def stay(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Any frame's `person_id` replaced by the person who stays."""
        return frame.with_columns(pl.col("person_id").replace(self.merged)) if self.merged else frame

    def group(self, persons: Iterable[str]) -> frozenset[str]:
        """Every key of these persons: theirs, that of the person who stays, and all that were merged into that one."""
        stay = {self.merged.get(person, person) for person in persons}
        return frozenset(stay | {person for person, into in self.merged.items() if into in stay})


def read(connection: Connection, moment: datetime | None = None) -> Identities:
    """The merges and splits in force at a moment (now where None)."""
    rows = connection.execute(QUERY, {"moment": moment}).all()
    return of_events(pl.DataFrame([tuple(row) for row in rows], schema=SCHEMA, orient="row"))


def of_events(events: pl.DataFrame) -> Identities:
    """What a series of events (SCHEMA, in order) comes to."""
    undone = events["undoes_id"].drop_nulls()
    held = events.filter(~pl.col("identity_event_id").is_in(undone.implode()))
    split = held.filter(kind_code="split").unique(PLACE, keep="last", maintain_order=True)
    merges = dict(held.filter(kind_code="merged").select("person_id", "into_person_id").rows())
    return Identities(
        split.select(*PLACE, "into_person_id"),
        {person: _last(person, merges) for person in merges},
        tuple(events.select("identity_event_id", "kind_code").to_dicts()),
    )


def _last(person: str, merges: dict[str, str]) -> str:
    """The end of a chain of merges. A circle cannot be entered: who was merged away is nobody's goal."""
    seen = {person}
    while (into := merges.get(person)) is not None and into not in seen:
        seen.add(into)
        person = into
    return person

"""Who objects to research, and which rows that leaves out.

An objection is honoured from the day it is made in every snapshot cut after it, whatever moment's knowledge that
snapshot holds. "As known at" says what the record knew of the world then; it is no licence to work today with the
rows of somebody who has said no: what is cut is cut now. So the moment is not asked for here, and a cut of last
year's knowledge made anew differs from last year's by those who have objected since, as its digest says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import Connection, text

from cohort.store import identity
from cohort.store.identity import Identities

IN_FORCE = text("SELECT DISTINCT person_id::text FROM cohort.objection WHERE lifted_at IS NULL")


@dataclass(frozen=True)
class Objections:
    """`persons`: keys of who objects. `identities`: whom rows are about by what is known now."""

    persons: frozenset[str] = frozenset()
    identities: Identities = field(default_factory=lambda: identity.of_events(pl.DataFrame(schema=identity.SCHEMA)))

    def without(self, facts: pl.DataFrame, then: Identities) -> pl.DataFrame:
        """Facts, persons as stored, without the rows that are left out; order stays."""
        return facts.filter(~self.concern(facts, then)) if self.persons else facts

    def concern(self, facts: pl.DataFrame, then: Identities) -> pl.Series:
        """Which rows are left out, as booleans: those of who objects by what is known now, or was `then`.

        Either is enough. A row that was once held to be another child's is left out with the child whose it is
        known to be, and a row that the snapshot would show under an objecting child's key is left out too.
        """
        rows = pl.repeat(value=False, n=facts.height, eager=True)
        for known in (self.identities, then):
            who = {known.merged.get(person, person) for person in self.persons}
            rows = rows | known.resolve(facts)["person_id"].is_in(list(who))
        return rows


def read(connection: Connection) -> Objections:
    """The objections in force now."""
    return Objections(frozenset(connection.scalars(IN_FORCE)), identity.read(connection))

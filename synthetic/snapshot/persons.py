"""Persons over the years: the rows that every collection has of them, who was met before, and what was told last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cohort.schema.frames import frame_schema
from cohort.schema.tables import METADATA
from cohort.snapshot.shape import LINK, PERSON
from cohort.snapshot.write import slices
from synthetic.chance import Truths, Whole
from synthetic.snapshot.names import BY_NAME, Names
from synthetic.snapshot.rows import finished, numbered, require_stored
from synthetic.told import Told

TABLE = METADATA.tables["cohort.person_trait"]
TRAITS = tuple(name for name in PERSON if name != "person_id")
LINKED = {"rule_code": pl.Series(["new", "upn"]), "certainty": pl.Series(["new", "exact"])}
"""What is said of the first row of a person, and of any later one: nobody is ever mistaken for another, as if each
return had carried a UPN."""
NOBODY = {**dict.fromkeys(("place", "child", "row_number"), pl.Int64), "collection": pl.String}
"""The columns of a collection's persons where it tells of none."""


def told_persons(told: Told, names: Names) -> pl.DataFrame:
    """The persons of a collection in their stored types, numbered, with `place`, `child` and `collection`; no rows
    where it tells of none."""
    if TABLE.name not in told.tables:
        return pl.DataFrame(schema=NOBODY)
    persons = numbered(told.tables[TABLE.name], names.rank)
    persons = persons.with_columns(person_row="row_number", collection=pl.lit(told.collection))
    require_stored(TABLE, persons)
    kinds = {**NOBODY, **frame_schema(TABLE)}
    return persons.cast({name: kind for name, kind in kinds.items() if name in persons.columns})


def in_order(persons: Sequence[pl.DataFrame], names: Names) -> pl.DataFrame:
    """The persons of all collections of a year in the order of a snapshot."""
    told = sorted(persons, key=lambda frame: frame["collection"].first() or "")
    together = pl.concat(told, how="diagonal")
    return together[np.argsort(names.rank[together["place"].to_numpy()], kind="stable")]


def traits(persons: pl.DataFrame, year: int, names: Names) -> Iterator[pl.DataFrame]:
    """The table `person_trait` of a year, slice by slice."""
    return (finished(TABLE, piece, year, names) for piece in slices(persons))


def links(persons: pl.DataFrame, is_new: Truths, year: int, names: Names) -> Iterator[pl.DataFrame]:
    """The table `link` of a year, slice by slice. `is_new`: whether a row is the first that there is of its person."""
    is_later = pl.Series((~is_new).astype(np.uint32))
    said = {name: codes.cast(pl.Enum(codes)).gather(is_later) for name, codes in LINKED.items()}
    rows = persons.select("place", "child", "collection", "row_number").with_columns(**said)
    for piece in slices(rows):
        yield piece.with_columns(
            names.persons.gather(piece["child"]).alias("person_id"),
            names.authorities.gather(piece["place"]).alias("authority_code"),
            pl.lit(year, pl.Int64).alias("collection_year"),
        ).select(*LINK)


@dataclass(frozen=True)
class Met:
    """Everybody so far, by child: whether met in some return, and the traits told last."""

    is_known: Truths
    traits: pl.DataFrame

    @classmethod
    def nobody(cls, n_children: int) -> Met:
        """Before the first return."""
        untold = [pl.repeat(None, n_children, dtype=PERSON[trait](), eager=True).alias(trait) for trait in TRAITS]
        return cls(np.zeros(n_children, dtype=bool), pl.DataFrame(untold))

    def first_rows(self, persons: pl.DataFrame) -> Truths:
        """Whether a row of a year's persons, in order, is the first ever of its child."""
        child = persons["child"].to_numpy()
        first = _last_of(len(self.is_known), child[::-1], np.arange(len(child))[::-1])
        return ~self.is_known[child] & (first[child] == np.arange(len(child)))

    def after(self, persons: pl.DataFrame) -> Met:
        """Once a year's persons, in order, are told of too."""
        child, is_known = persons["child"].to_numpy(), self.is_known.copy()
        is_known[child] = True
        told = [self._told(persons[trait], child) for trait in TRAITS if trait in persons.columns]
        return Met(is_known, self.traits.with_columns(told))

    def _told(self, values: pl.Series, child: Whole) -> pl.Series:
        """A trait by child, as told last: now, or else before."""
        rows = np.flatnonzero(values.is_not_null().to_numpy())
        last = pl.Series(_last_of(len(self.is_known), child[rows], rows))
        now = values.gather(last.set(last < 0, None))
        return now.zip_with(now.is_not_null(), self.traits[values.name])

    def table(self, names: Names) -> pl.DataFrame:
        """The table `person`."""
        everybody = self.traits.with_columns(names.persons.alias("person_id"))
        return everybody.filter(pl.Series(self.is_known)).select(*PERSON).sort(BY_NAME)


def _last_of(n: int, positions: Whole, values: Whole) -> Whole:
    """n values, each the last that is given for its position; -1 where none is."""
    found = np.full(n, -1, dtype=np.int64)
    found[positions] = values  # of repeated positions the last one stays
    return found

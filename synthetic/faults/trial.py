"""Whether faults are found, and nothing else is: a return is judged by the ordinary stations, in memory.

Faults are judged together. Each has persons of its own, so what is found tells which of them draws company.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import polars as pl

from cohort.ingest.check import CheckedReturn
from cohort.ingest.judge import checked_return
from synthetic.faults.alter import altered
from synthetic.faults.changes import FAULT, Faults, removed, together
from synthetic.returns import InventedReturn, write_return

FINDING = ["code", "level", "table", "row", "column"]


def judged(invented: InventedReturn) -> CheckedReturn:
    """A return as `cohort validate` judges it."""
    text = io.StringIO()
    write_return(invented, text)
    return checked_return(text.getvalue().encode())


@dataclass(frozen=True)
class Trial:
    """Faults that were planted and judged together.

    `invented`: the return as it is written. `places`: the expected findings, with the rows of the file. `sound`: the
    numbers of the faults that are found, and alone. `company`: what else is found: fault (null where it stands at
    nobody's), stored and row as in the lawful return.
    """

    faults: Faults
    invented: InventedReturn
    places: pl.DataFrame
    sound: pl.Series
    company: pl.DataFrame

    @property
    def is_proved(self) -> bool:
        """Whether all that is expected is found, and nothing else."""
        return self.company.is_empty() and len(self.sound) == len(self.faults.numbers)

    def without_company(self) -> Faults:
        """The faults that are found in company, once more, without the records at which the company stands: as far
        as these are others than the fault's own and those above it."""
        spoilt = self.company.drop_nulls()
        above = {t.stored: {a.stored for a in self.invented.format.ancestors(t)} for t in self.invented.format.tables}
        own = self.faults.expected.join(_names(self.invented), on="table").select(FAULT, own="stored")
        beside = spoilt.join(own, on=FAULT)
        apart = [(pl.col("own") == mine) & ~pl.col("stored").is_in({mine, *over}) for mine, over in above.items()]
        judged_apart = beside.with_columns(apart=pl.any_horizontal(apart).all().over(FAULT)).filter("apart")
        again = self.faults.only(judged_apart[FAULT].unique())
        gone = [
            removed(part, str(stored), pl.col("row"))
            for (stored,), part in judged_apart.partition_by("stored", as_dict=True).items()
        ]
        return together([again, *gone])


def tried(invented: InventedReturn, faults: Faults) -> Trial:
    """Plant all the faults and judge them once."""
    broken, moved = altered(invented, faults)
    named = moved.join(_names(invented), on="stored")
    places = _in_file(faults.expected, named)
    found = judged(broken).findings
    there = named.select("table", "stored", "person_row", "row", now="now")
    besides = found.join(places, on=FINDING, how="anti").select("table", now="row")
    company = besides.join(there, on=["table", "now"], how="left").join(faults.persons, on="person_row", how="left")
    missed = places.join(found, on=FINDING, how="anti")[FAULT]
    spoilt = pl.concat([company[FAULT].drop_nulls(), missed]).unique()
    sound = faults.numbers.filter(~faults.numbers.is_in(spoilt.implode()))
    return Trial(faults, broken, places, sound, company.select(FAULT, "stored", "row"))


def _names(invented: InventedReturn) -> pl.DataFrame:
    names = [(t.name, t.stored) for t in invented.format.tables]
    return pl.DataFrame(names, schema=["table", "stored"], orient="row")


def _in_file(expected: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """The findings at the rows of the file; those about the head stand where they are."""
    there = expected.join(moved.select("table", "row", "now"), on=["table", "row"], how="left", maintain_order="left")
    return there.with_columns(row=pl.coalesce("now", "row")).drop("now")

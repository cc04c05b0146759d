"""What has to be done to a return so that its rules see a value in a column.

A rule may look at a cell of its own row, at one of the rows above or beside it, at whether such a row exists, at
an age, at what pseudonymise left of an identifier, or at a count of the rows below. Each is traced back here to
cells and rows of the file. Where there are several ways, each is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import polars as pl

from cohort.ingest.format import Fact, Kind, ReturnFormat, Table
from cohort.ingest.parse import PERSON_ROW
from synthetic.fakes import CHECK_LETTERS
from synthetic.faults.alter import ROW
from synthetic.faults.changes import FAULT, Faults, cells, removed, together
from synthetic.faults.recipe import BORN, HIDDEN, Ground

VALUE = "\0value"
"""The value that a rule is to see."""


@dataclass(frozen=True)
class Shown:
    """A column as the rules of a table see it: the table it belongs to, its name there, and the prefix before it."""

    form: ReturnFormat
    year: int
    table: Table
    prefix: str
    name: str

    @property
    def whole(self) -> str:
        """Its name as the rules see it."""
        return f"{self.prefix}{self.name}"

    @property
    def row(self) -> pl.Expr:
        """The row of its own table."""
        return pl.col(f"{self.prefix}{ROW}")

    @property
    def type(self) -> Kind | None:
        """What its cells look like, where a column of the file feeds it directly."""
        return next((c.kind for c in self.table.columns if c.stored == self.name), None)


Done = Callable[[Ground, pl.DataFrame], Faults]


def _anywhere(_: Ground) -> pl.Expr:
    return pl.lit(value=True)


@dataclass(frozen=True)
class Way:
    """`do` makes rows of a table, which have VALUE and `fault` beside what rules see of them, show that value.

    `room` tells at which rows it can; `along` are dates that move with this one, by as many days.
    """

    do: Done
    room: Callable[[Ground], pl.Expr] = _anywhere
    along: tuple[Shown, ...] = ()


def shown(form: ReturnFormat, year: int, table: Table, column: str) -> Shown | None:
    """A column that rules of the table see, unless it is of the return as a whole, or of last year's."""
    line, _, name = column.rpartition(".")
    stored = {short: stored for stored, short in form.lineage.items()}.get(line)
    if not line:
        return Shown(form, year, table, "", name)
    return Shown(form, year, form.by_stored[stored], f"{line}.", name) if stored else None


def ways(column: Shown, literal: object) -> list[Way]:
    """Every way to bring the column to its VALUE; none where it cannot be brought about. `literal`: the value in the
    rule's example."""
    table, person = column.table, column.form.tables[0].stored
    dates = {c.age: c.stored for c in table.columns if c.age}
    facts = {fact.name: fact for fact in column.form.facts if fact.table == table.stored}
    if column.name == "exists":
        return [] if literal else [Way(partial(_take_out, table.stored, column.row))]
    if column.type is not None:
        return [Way(partial(_write, table.stored, column.row, column.name, _text(column.type)))]
    if column.name in dates:
        date = dates[column.name]
        birthday = _years_from(pl.col(f"{column.prefix}{date}"), -1)
        return [
            Way(partial(_write, person, pl.col(PERSON_ROW), "birth_date", birthday)),
            Way(partial(_write, table.stored, column.row, date, _years_from(pl.col(BORN), 1))),
        ]
    if column.name in facts:
        return _of_counts(column, facts[column.name], literal)
    return [Way(partial(_write, table.stored, column.row, *made)) for made in _of_persons(column.name, literal)]


def carrying(column: Shown, others: Iterable[Shown]) -> Way:
    """The way to a date that takes other dates along by as many days."""
    along = tuple(others)
    return Way(partial(_carry, column, along), along=along)


def carried(other: str, date: str, value: pl.Expr) -> pl.Expr:
    """A date that moves as another one moves to a value."""
    moved = pl.col(other) + (value - pl.col(date))
    return pl.coalesce(moved, pl.col(other))


def dates_beside(column: Shown, *, line: bool) -> list[Shown]:
    """The other dates of its own row; of the whole `line`, those of the rows above and beside too."""
    form = column.form
    tables = {column.prefix: column.table}
    if line:
        known = {f"{form.lineage[t.stored]}.": t for t in form.tables[1:] if t.stored in form.lineage}
        tables |= {prefix: t for prefix, t in known.items() if t.stored != column.table.stored}
    dates = [
        Shown(form, column.year, table, prefix, c.stored)
        for prefix, table in tables.items()
        for c in table.columns
        if c.kind is Kind.DATE and c.in_year(column.year)
    ]
    return [date for date in dates if date.whole != column.whole]


def _carry(column: Shown, others: tuple[Shown, ...], ground: Ground, at: pl.DataFrame) -> Faults:
    done = [way.do(ground, at) for way in ways(column, None)]
    for other in others:
        if other.whole in at.columns:
            day = carried(other.whole, column.whole, pl.col(VALUE)).dt.strftime("%Y-%m-%d")
            filled = pl.when(day.is_not_null()).then(other.row)
            done.append(cells(at, other.table.stored, filled, other.name, day))
    return together(done)


def _write(stored: str, row: pl.Expr, column: str, text: pl.Expr, _: Ground, at: pl.DataFrame) -> Faults:
    return cells(at, stored, row, column, text)


def _take_out(stored: str, row: pl.Expr, _: Ground, at: pl.DataFrame) -> Faults:
    return removed(at, stored, row)


def _text(kind: Kind) -> pl.Expr:
    value = pl.col(VALUE)
    if kind in {Kind.DATE, Kind.BIRTH}:
        return value.dt.strftime("%Y-%m-%d")
    return value.cast(pl.Int8).cast(pl.String) if kind is Kind.FLAG else value


def _years_from(day: pl.Expr, sign: int) -> pl.Expr:
    """The day VALUE years after (1) or before (-1) another: a birthday."""
    years = (pl.col(VALUE) * sign).cast(pl.String) + "y"
    return day.dt.offset_by(years).dt.strftime("%Y-%m-%d")


def _of_persons(name: str, literal: object) -> list[tuple[str, pl.Expr]]:
    """Column and text that bring about what rules see in place of identifiers and dates of birth."""
    late_in_month = pl.min_horizontal(pl.col(BORN).dt.day(), 28)
    birthday = pl.col(VALUE) + pl.duration(days=late_in_month - 1)
    end_of_august = pl.date(pl.col("return.year") - 1, 8, 31)
    upn, absent = pl.col(f"{HIDDEN}upn"), pl.lit(None, pl.String)
    # A letter counts as its place, so the check letter still holds.
    last = upn.str.slice(12).replace_strict({str(d): str(CHECK_LETTERS[d]) for d in range(10)}, default=None)
    made = {
        ("birth_month", literal): [("birth_date", birthday.dt.strftime("%Y-%m-%d"))],
        ("age_on_31_august", literal): [("birth_date", _years_from(end_of_august, -1))],
        ("has_upn", False): [("upn", absent)],
        ("has_uln", False): [("uln", absent)],
        ("is_upn_temporary", True): [("upn", upn.str.slice(0, 12) + last)],
    }
    return made.get((name, literal), [])


def _of_counts(column: Shown, fact: Fact, literal: object) -> list[Way]:
    """A count of rows below is brought down by taking them out, or moved by one code in all of them."""
    below = column.form.by_stored[fact.of]
    counted = set(fact.expression().meta.root_names())
    codes = [
        (c.stored, code)
        for c in below.columns
        if c.codes is not None and c.stored in counted
        for code in c.codes.labels(column.year)
    ]
    out = [Way(partial(_empty, column, fact.of))] if literal == 0 else []
    recoded = [
        (partial(_recode, column, fact.of, *code), partial(_counted, column, fact, code, literal)) for code in codes
    ]
    return [*out, *(Way(do, room) for do, room in recoded)]


def _counted(column: Shown, fact: Fact, code: tuple[str, str], literal: object, ground: Ground) -> pl.Expr:
    """Where the count comes to what the example says once all rows below have that code."""
    key = column.table.key
    below = ground.frames[fact.of].with_columns(pl.lit(code[1]).alias(code[0]))
    counted = below.group_by(key).agg(fact.expression().alias(VALUE)).filter(pl.col(VALUE) == literal)
    return column.row.is_in(counted[key].implode())


def _under(column: Shown, stored: str, ground: Ground, at: pl.DataFrame) -> pl.DataFrame:
    """Rows of a table that hang under the column's rows: fault, row_number."""
    key = column.table.key
    below = ground.texts[stored].select(key, ROW)
    return at.select(FAULT, column.row.alias(key)).join(below, on=key).select(FAULT, ROW)


def _empty(column: Shown, stored: str, ground: Ground, at: pl.DataFrame) -> Faults:
    return removed(_under(column, stored, ground, at), stored, pl.col(ROW))


def _recode(column: Shown, stored: str, name: str, code: str, ground: Ground, at: pl.DataFrame) -> Faults:
    return cells(_under(column, stored, ground, at), stored, pl.col(ROW), name, pl.lit(code))

"""Rules that many tables have, made here once: each maker gives a rule with its own example.

Of days in order, of a record that stands twice, of an item that wants another one beside it or none, of a part that
is no more than its whole, of ages, and of establishments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import Rule, rule


@dataclass(frozen=True)
class Rules:
    """What the rules of one table have in common: its name in codes, and its stored name."""

    name: str
    table: str

    def in_order(
        self, number: int, first: str, then: str, sentence: str, advice: str, level: Level = Level.ERROR
    ) -> Rule:
        """The day `then` does not come before the day `first`."""
        lines = ((DAY, DAY_BEFORE, YES), (DAY, DAY, NO), (DAY, DAY_AFTER, NO), (DAY, "", NO), ("", DAY, NO))
        broken = pl.col(then) < pl.col(first)
        return self._made(number, then, level, sentence, advice, _shown((first, then), lines), broken)

    def once(self, number: int, column: str, keys: Mapping[str, tuple[str, str]], sentence: str, advice: str) -> Rule:
        """No two records agree in all keys. `keys`: column → two texts that differ, for the example."""
        one, other = ([pair[n] for pair in keys.values()] for n in (0, 1))
        lines = [(*one, YES), (*one, YES), (*one[:-1], other[-1], NO), (*other[:-1], one[-1], NO)]
        lines += [(*one[:-1], "", NO), (*one[:-1], "", NO)]
        known = pl.all_horizontal(pl.col(key).is_not_null() for key in keys)
        broken = known & (pl.len().over(*keys) > 1)
        return self._made(number, column, Level.ERROR, sentence, advice, _shown((*keys,), lines), broken)

    def wants(
        self,
        number: int,
        column: str,
        beside: str,
        texts: tuple[str, str],
        sentence: str,
        advice: str,
        level: Level = Level.QUERY,
    ) -> Rule:
        """Where `beside` is filled, `column` is. `texts`: of `beside` and of `column`, for the example."""
        lines = ((texts[0], "", YES), (*texts, NO), ("", texts[1], NO), ("", "", NO))
        broken = pl.col(beside).is_not_null() & pl.col(column).is_null()
        return self._made(number, column, level, sentence, advice, _shown((beside, column), lines), broken)

    def wants_where(
        self,
        number: int,
        column: str,
        of: str,
        codes: Collection[str] | Collection[bool],
        texts: tuple[str, str],
        sentence: str,
        advice: str,
        level: Level = Level.QUERY,
    ) -> Rule:
        """Where `of` is one of the codes, `column` is filled. `texts`: another code, and a value of `column`."""
        other, value = texts
        named = [_text(code) for code in codes]
        lines = [*((code, "", YES) for code in named), *((code, value, NO) for code in named)]
        lines += [(other, "", NO), ("", "", NO)]
        broken = pl.col(of).is_in(list(codes)) & pl.col(column).is_null()
        return self._made(number, column, level, sentence, advice, _shown((of, column), lines), broken)

    def empty_where(
        self,
        number: int,
        column: str,
        of: str,
        codes: Collection[str] | Collection[bool],
        texts: tuple[str, str],
        sentence: str,
        advice: str,
        level: Level = Level.QUERY,
    ) -> Rule:
        """Where `of` is one of the codes, `column` is empty. `texts`: another code, and a value of `column`."""
        other, value = texts
        named = [_text(code) for code in codes]
        lines = [*((code, value, YES) for code in named), *((code, "", NO) for code in named)]
        lines += [(other, value, NO), ("", value, NO)]
        broken = pl.col(of).is_in(list(codes)) & pl.col(column).is_not_null()
        return self._made(number, column, level, sentence, advice, _shown((of, column), lines), broken)

    def part_of(
        self, number: int, part: str, whole: str, sentence: str, advice: str, level: Level = Level.ERROR
    ) -> Rule:
        """A part is not more than its whole."""
        lines = (("4", "3", YES), ("3", "3", NO), ("0", "3", NO), ("4", "", NO), ("", "3", NO))
        broken = pl.col(part) > pl.col(whole)
        return self._made(number, part, level, sentence, advice, _shown((part, whole), lines), broken)

    def aged(self, number: int, age: str, column: str, span: tuple[int, int], sentence: str, advice: str) -> Rule:
        """An age lies in a span, both ends included; `column`: the day on which it is reached."""
        low, high = span
        lines = [(str(high + 1), YES), (str(high), NO), (str(low), NO), ("", NO)]
        lines += [(str(low - 1), YES)] if low > 0 else []
        broken = (pl.col(age) < low) | (pl.col(age) > high)
        return self._made(number, column, Level.QUERY, sentence, advice, _shown((age,), lines), broken)

    def not_before(self, number: int, column: str, bound: str, sentence: str, advice: str) -> Rule:
        """The day is not before the first one of the year that is told: CALENDAR, SCHOOL or FINANCIAL. An open spell,
        whose `column` is empty, is told again."""
        month = FIRST_MONTH[bound]
        first = pl.date(pl.col("return.year") - 1, month, 1)
        day = date(2023, month, 1)
        lines = ((f"{day - timedelta(days=1)}", "2024", YES), (f"{day}", "2024", NO), ("", "2024", NO))
        broken = pl.col(column) < first
        return self._made(number, column, Level.QUERY, sentence, advice, _shown((column, "return.year"), lines), broken)

    def unit_or_resourced(self, number: int) -> Rule:
        """A place is not in both kinds of special provision within a school."""
        columns = "is_sen_unit", "is_resourced_provision"
        lines = ((YES, YES, YES), (YES, NO, NO), (NO, YES, NO), (YES, "", NO))
        sentence = "A place is in a SEN unit or in resourced provision, not in both."
        advice, broken = "Set one of the two indicators to 0.", pl.col(columns[0]) & pl.col(columns[1])
        return self._made(number, columns[1], Level.ERROR, sentence, advice, _shown(columns, lines), broken)

    def in_a_school(self, number: int, column: str, what: str, item: str) -> Rule:
        """Special provision of a kind is within a school. `what`: in words; `item`: the indicator's name."""
        lines = ((YES, "", YES), (YES, "100001", NO), (NO, "", NO))
        sentence = f"{what} is part of a school with a URN."
        advice = f"Enter the URN of the school, or set {item} to 0."
        broken = pl.col(column) & pl.col("urn").is_null()
        return self._made(number, column, Level.ERROR, sentence, advice, _shown((column, "urn"), lines), broken)

    def given_out(self, number: int, advice: str) -> Rule:
        """A URN is none of those that stand where none is known."""
        lines = (("999999", YES), ("000000", YES), ("123456", NO), ("100001", NO), ("", NO))
        sentence = "The URN is one that is given out: none begins with 0 or 9999."
        broken = pl.col("urn").str.contains(NO_URN)
        return self._made(number, "urn", Level.QUERY, sentence, advice, _shown(("urn",), lines), broken)

    def _made(
        self, number: int, column: str, level: Level, sentence: str, advice: str, example: str, broken: pl.Expr
    ) -> Rule:
        declare = rule(
            f"{self.name}-{number:02}",
            table=self.table,
            column=column,
            level=level,
            sentence=sentence,
            advice=advice,
            example=example,
        )
        return declare(lambda: broken)


YES, NO = "yes", "no"
DAY_BEFORE, DAY, DAY_AFTER = "2023-05-01", "2023-05-02", "2023-09-04"
VERSION = {"person_row": ("1", "2"), "plan_start_date": ("2023-05-02", "2023-06-05"), "version_number": ("1", "2")}
"""Of what a version of a plan is known by, two texts each: the first keys of `once`."""
NO_URN = "^(0|9999)"
"""How numbers begin that stand where none is known: none so high, and none with 0, was ever given out."""
NOWHERE = ["NEET", "NIEC", "NIEO"]
AWAY = [*NOWHERE, "EHE"]
"""Settings of a person who is in no education; who is at no establishment."""
CALENDAR, SCHOOL, FINANCIAL = "calendar", "school", "financial"
FIRST_MONTH = {CALENDAR: 1, SCHOOL: 9, FINANCIAL: 4}
"""Kind of year → its first month, of the year before the return's."""


def _text(code: str | bool) -> str:
    return code if isinstance(code, str) else YES if code else NO


def _shown(names: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A text table of these columns and `breaks`, its columns under each other."""
    rows = [(*names, "breaks"), *lines]
    widths = [max(len(row[n]) for row in rows) for n in range(len(names))]
    return "\n".join(
        " | ".join(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)) + f" || {row[-1]}"
        for row in rows
    )

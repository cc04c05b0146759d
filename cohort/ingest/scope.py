"""Which rules can speak of a return: those whose table, item, and all that they look at, are in that year's format.

One that cannot is not run, and is not named as a rule that was not run. The excuse holds only for what is stored and
which another collection, or another year, returns: an identifier, or a name nobody knows, is a mistake of the rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from cohort.errors import DeclarationError
from cohort.ingest.format import ReturnFormat, Role, Table
from cohort.ingest.past import FRAMES, IS_RETURNED
from cohort.ingest.read import declared_formats
from cohort.ingest.rule import BEFORE, Rule

MADE_OF_PERSONS = frozenset(
    {"birth_month", "age_on_31_august", "has_upn", "is_upn_temporary", "has_uln", "same_upn_row", "same_name_row"}
)
"""What is made of identifiers before the rules, in whatever stands for persons."""


def unseen(rule: Rule, columns: Iterable[str]) -> set[str]:
    """Columns that a rule looks at and its table does not show: no rule may name an identifier."""
    names = _counted(rule) if rule.counts else set(rule.looks_at)
    of_past = {name for name in names if name.partition(".")[0] in FRAMES}
    return names - set(columns) - {name for name in of_past if _is_of_past(name)}


def applies(rule: Rule, form: ReturnFormat, year: int, columns: Iterable[str]) -> bool:
    """Whether a rule can speak of a collection's returns of a year. `columns`: what its table shows there.

    Raises DeclarationError where it looks at what no collection shows.
    """
    if not rule.in_year(year) or rule.table not in form.by_stored:
        return False
    table = form.by_stored[rule.table]
    if not table.columns:
        return False  # of nobody there is nothing to say
    lacking = unseen(rule, columns)
    unknown = {name for name in lacking if not _is_stored(table.stored, name)}
    if unknown:
        raise DeclarationError(f"{rule.code} looks at {sorted(unknown)}, which {rule.table} does not show")
    items = {c.stored for c in table.columns if c.in_year(year)} | set(form.by_stored)
    asked = all(_is_asked(form, table, name, year) for name in rule.looks_at)
    return not lacking and asked and rule.column in items


def _counted(rule: Rule) -> set[str]:
    """What the counts of a whole return look at; of last year's rows it is known too whether their persons are here."""
    now = set().union(*(count.meta.root_names() for count in rule.counted().values()))
    then = set().union(*(count.meta.root_names() for count in rule.counted(BEFORE).values()))
    return now | (then - {IS_RETURNED})


def _is_of_past(name: str) -> bool:
    prefix, _, column = name.partition(".")
    return column in {*FRAMES[prefix], "exists"}


def _is_asked(form: ReturnFormat, table: Table, name: str, year: int) -> bool:
    """Whether a column is not fed by an item of the format that this year's returns lack."""
    prefix, _, own = name.rpartition(".")
    lines = {short: stored for stored, short in form.lineage.items()}
    if prefix and prefix not in lines:
        return True  # of the return, or of the past
    fed = [c for c in (form.by_stored[lines[prefix]] if prefix else table).columns if own in {c.stored, c.age}]
    return not fed or any(c.in_year(year) for c in fed)


def _is_stored(stored: str, name: str) -> bool:
    """Whether some collection's rows of a table may show a column."""
    prefix, _, own = name.rpartition(".")
    if not prefix:
        return own in _columns(stored)
    if prefix == BEFORE[:-1]:
        return False
    return any(own in _columns(above) for above in _lines().get(prefix, ()))


@cache
def _lines() -> dict[str, frozenset[str]]:
    """Short name of a line → the stored tables that some format means by it."""
    lines: dict[str, frozenset[str]] = {}
    for form in declared_formats().values():
        for stored, short in form.lineage.items():
            lines[short] = lines.get(short, frozenset()) | {stored}
    return lines


@cache
def _columns(stored: str) -> frozenset[str]:
    """What formats say of a table and rules may see: items that are no identifiers, ages, and facts of rows below."""
    formats = [form for form in declared_formats().values() if stored in form.by_stored]
    items = [column for form in formats for column in form.by_stored[stored].columns if column.role is Role.PAYLOAD]
    facts = {fact.name for form in formats for fact in form.facts if fact.table == stored}
    of_others = {name for form in formats for name in form.by_stored[stored].made}
    made = MADE_OF_PERSONS if any(form.tables[0].stored == stored for form in formats) else frozenset()
    return frozenset(c.stored for c in items) | {c.age for c in items if c.age} | facts | of_others | made | {"exists"}

"""Grids → a RawReturn: which export they are, whose and of which year, and the rows of its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cohort.ingest import assembled, finding, header, hung, structure
from cohort.ingest.format import Column, ReturnFormat
from cohort.ingest.grid import Grid, place
from cohort.ingest.header import Routing, Said
from cohort.ingest.layout import Layout, Sheet
from cohort.ingest.raw import RawReturn
from cohort.ingest.recognise import Recognised, recognised
from cohort.ingest.refusals import refusal
from cohort.ingest.rows import Log
from cohort.ingest.source import Source
from cohort.ingest.written import dated


def of_grids(
    given: tuple[Sequence[Grid], Mapping[str, int]],
    formats: Mapping[str, ReturnFormat],
    layouts: Sequence[Layout],
    file: Source,
    said: Said,
    name: str,
) -> RawReturn:
    """The return in some grids. Refuses what is no export known here, and what does not say where it belongs."""
    grids, notes = given
    found = known(grids, formats, layouts, said, name)
    form = formats[found.layout.collection]
    texts = _head(found, form)
    routing = _routing(found, form, texts, said, name or grids[0].name)
    log = Log()
    station = hung if form.is_nested or form.is_of_authority else assembled
    tables, places = station.tables(found, form, routing.year, log)
    if not any(tables[table.name].height for table in (form.tables if form.is_of_authority else form.tables[:1])):
        raise refusal("FILE-03")
    judged = [*log.findings.frames(), *structure.of_tables(form, routing.year, tables)]
    return RawReturn(
        format=form,
        year=routing.year,
        authority_code=routing.authority_code,
        header=_stored(form, texts, routing),
        tables=tables,
        findings=finding.gather(judged) if judged else finding.none(),
        notes={note: n for note, n in (Counter(notes) + log.notes).items() if n},
        digest=file.digest,
        size=file.size,
        places=places,
    )


def known(
    grids: Sequence[Grid], formats: Mapping[str, ReturnFormat], layouts: Sequence[Layout], said: Said, name: str
) -> Recognised:
    """Which export some grids are, of the collections that may be meant. Refuses what is none."""
    wanted = [each for each in layouts if said.collection in {None, each.collection}]
    return recognised(grids, wanted, formats, header.reads(formats), name)


def _routing(found: Recognised, form: ReturnFormat, texts: Mapping[str, str], said: Said, name: str) -> Routing:
    if found.layout.head is None or found.layout.head_may_lack:
        return header.placed(form, texts, said, name)
    return header.route(texts, {form.collection: form}, said)


def _stored(form: ReturnFormat, texts: Mapping[str, str], routing: Routing) -> dict[str, str | None]:
    known = {"authority_code": routing.authority_code}
    return {**header.stored(form, texts), **{c.stored: known[c.stored] for c in form.header if c.stored in known}}


def _head(found: Recognised, form: ReturnFormat) -> dict[str, str]:
    """The head's raw texts by tag in lower case: of the sheet that is the head, else of columns that say the same in
    every row. Refuses an export without its head, and rows that do not agree."""
    if found.layout.head is not None and found.head is not None and found.head.rows.height:
        return _texts(form, [(found.layout.head, found.head)])
    if found.layout.head is not None and not found.layout.head_may_lack:
        raise refusal("FLAT-08", sheet=found.layout.head.name)
    return _texts(
        form, [(sheet, found.grids[sheet.name]) for sheet in found.layout.sheets if sheet.name in found.grids]
    )


def _texts(form: ReturnFormat, grids: Sequence[tuple[Sheet, Grid]]) -> dict[str, str]:
    said: dict[str, str] = {}
    for column in form.header:
        values = {value for sheet, grid in grids for value in _values(column, sheet, grid)}
        if len(values) > 1:
            raise refusal("HEAD-14", column=column.tag)
        said |= {column.tag.lower(): value for value in values}
    return said


def _values(column: Column, sheet: Sheet, grid: Grid) -> list[str]:
    found = place(sheet.names(column), grid)
    if found is None:
        return []
    texts = dated(grid.rows[found]).str.strip_chars()
    return [text for text in texts.unique().to_list() if text]

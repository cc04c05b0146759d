"""The report as one page of HTML: no script, no font or picture from elsewhere, readable aloud and on paper.

The page is built as a tree and written by lxml, so no text can turn into mark-up; a policy in its head forbids
scripts and connections all the same. Levels are said in words, not in colours alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import html
from lxml.html.builder import E

from cohort.ingest import finding, headings
from cohort.ingest.format import Level
from cohort.ingest.guide import EXAMPLE, guide
from cohort.ingest.report.account import COUNTING, HEADINGS, TITLES, Account, Group
from cohort.ingest.report.shown import counted

MANY = 5
"""From more groups of findings than this the page has a table of contents."""
FIRST = 10
"""Places that are named beside what is to be done; all of them stand in a table below."""
MOST = 1000
"""Places in that table; longer lists are for the workbook."""
TOLD = {
    HEADINGS: headings.TOLD,
    Level.ERROR.value: "An error sets its record aside until it is corrected, and all that hangs below it.",
    Level.QUERY.value: "A query wants a correction, or a reason where the record is right.",
}
HEADS = {
    "column": "Item",
    "heading": "In your file",
    "character": "Character in its line",
    "reference": "Your reference",
}
MAY_LACK = {"line", "cell", "heading", "character"}
"""Columns of that table which are left out where no place has them."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #0b0c0c; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #505a5f; }
table { border-collapse: collapse; } caption { text-align: left; }
th, td { padding: .25rem 1rem .25rem 0; text-align: left; border-bottom: 1px solid #b1b4b6; }
.wide, pre { overflow-x: auto; } .wide td { font-size: .875rem; padding-right: .75rem; hyphens: none; }
.wide td:first-child, .wide th { white-space: nowrap; } pre { background: #f3f2f1; padding: .5rem; font-size: .875rem; }
h4 { margin: 1rem 0 0; } h4 + p { margin-top: 0; }
.warning { padding: 1rem; border: .3rem solid #b10e1e; font-weight: 700; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
.standing { font-size: 1.25rem; font-weight: 600; }
article { margin: 1.5rem 0; padding-left: 1rem; border-left: .4rem solid #505a5f; }
article[id^=rule] { border-left-width: 1px; }
article.error { border-left-color: #b10e1e; }
a { color: #1d4f91; } a:focus { outline: .2rem solid #0b0c0c; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; }
  article.error, article.query, tr { break-inside: avoid; }
  .wide, pre { overflow: visible; white-space: pre-wrap; } thead { display: table-header-group; }
  nav { display: none; } }
"""


def draw(said: Account) -> bytes:
    """UTF-8 HTML."""
    title = "Report on a return"
    head = E.head(
        E.meta(charset="utf-8"),
        E.meta({"http-equiv": "Content-Security-Policy", "content": POLICY}),
        E.meta(name="viewport", content="width=device-width, initial-scale=1"),
        E.title(title),
        E.style(STYLE),
    )
    warning = [E.p(said.warning, {"class": "warning", "role": "alert"})] if said.warning else []
    standing = [*warning, E.h1(title), E.p(said.headline, {"class": "standing"}), E.p(said.meaning)]
    tree = E.html(head, E.body(E.main(*standing, *_sections(said))), lang="en-GB")
    return str(html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")).encode()


def _sections(said: Account) -> Iterable[Any]:
    yield from _section("next", "What to do next", [E.ol(*map(E.li, said.steps))])
    yield from _section("return", "The return", [E.dl(*(e for n, v in said.facts for e in (E.dt(n), E.dd(v))))])
    if said.tables:
        yield from _section("records", "Records", [_records(said)])
    if len(said.groups) > MANY:
        yield _contents(said.groups)
    names = {id(group): f"finding-{place}" for place, group in enumerate(said.groups, start=1)}
    for part, title in TITLES.items():
        groups = [_article(group, names[id(group)]) for group in said.under(part)]
        if groups:
            yield from _section(f"{part}s", title, [E.p(TOLD[part]), *groups])
    if said.groups:
        yield from _section("places", "All places", _places(said))
    yield from _listed("changes", "What changed since the submission before", said.changes)
    yield from _listed("notes", "Normalised, nothing to do", (f"{note}: {n:,}" for note, n in said.notes))
    codes = sorted({group.code for group in said.groups})
    if codes:
        yield from _section("pages", "What each code means", (_page(code, said.collection) for code in codes))
    not_run = (f"{code}: {sentence}" for code, sentence in said.not_run)
    yield from _listed("not-run", "Rules not run, because what they look at is not known here", not_run)


def _section(name: str, title: str, content: Iterable[Any]) -> Iterable[Any]:
    yield E.section(E.h2(title, id=f"{name}-title"), *content, {"aria-labelledby": f"{name}-title"})


def _listed(name: str, title: str, lines: Iterable[str]) -> Iterable[Any]:
    items = [E.li(line) for line in lines]
    return _section(name, title, [E.ul(*items)]) if items else ()


def _records(said: Account) -> Any:
    number = {"class": "number", "scope": "col"}
    head = E.tr(E.th("Table", scope="col"), E.th("Records", number), E.th("Set aside", number))
    rows = (
        E.tr(E.th(table, scope="row"), E.td(f"{n:,}", {"class": "number"}), E.td(f"{aside:,}", {"class": "number"}))
        for table, n, aside in said.tables
    )
    return E.table(E.caption("Records of the return by table"), E.thead(head), E.tbody(*rows))


def _contents(groups: tuple[Group, ...]) -> Any:
    links = (E.li(E.a(f"{_title(g)}: {g.sentence}", href=f"#finding-{n}")) for n, g in enumerate(groups, start=1))
    return E.nav(E.h2("What was found"), E.ol(*links), {"aria-label": "Findings"})


def _title(group: Group) -> str:
    item = f", {group.item}" if group.column else ""
    return f"{group.code}, {group.level}, {counted(group.n, 'place')} in {group.table}{item}"


def _article(group: Group, name: str) -> Any:
    rest = group.rest(FIRST)
    more = f" and {rest:,} more, all of them below" if rest else ""
    lines = [("What to do: ", group.advice), ("Your reason: ", group.reason), ("Where: ", group.where(FIRST) + more)]
    lines += [("DfE rule: ", group.dfe_rule)]
    told = [E.p(E.strong(label), text) for label, text in lines if text]
    link = E.p(E.a(f"See the page of {group.code}", href=f"#rule-{group.code}"))
    return E.article(E.h3(_title(group)), E.p(group.sentence), *told, link, {"class": group.level, "id": name})


def _places(said: Account) -> Iterable[Any]:
    """Every place in the order of the tables, as far as a page is the place for it."""
    names = [name for name in said.places.columns if name not in MAY_LACK or said.places[name].is_not_null().any()]
    # What names the child stands first: it is what the reader looks for, and a wide table is cut on the right.
    names.sort(key=lambda name: name in finding.LOCATED)
    shown = said.places.select(*names).head(MOST)
    yield E.p(COUNTING)
    if said.places.height > MOST:
        yield E.p(f"The first {MOST:,} of {said.places.height:,}; the workbook and the CSV list hold them all.")
    head = E.tr(*(E.th(_headed(name), scope="col") for name in names))
    rows = (E.tr(*(E.td("" if cell is None else str(cell)) for cell in row)) for row in shown.iter_rows())
    yield E.div(E.table(E.caption("Places"), E.thead(head), E.tbody(*rows)), {"class": "wide", "tabindex": "0"})


def _headed(name: str) -> str:
    return HEADS.get(name, name.capitalize())


def _page(code: str, collection: str) -> Any:
    page = guide(code, collection)
    parts = [E.div(E.h4(heading), *map(E.p, lines)) for heading, lines in page.parts() if lines]
    example = [E.h4(EXAMPLE), E.pre("\n".join(page.table), {"tabindex": "0"})] if page.table else []
    return E.article(E.h3(code), E.p(E.strong(page.sentence)), *parts, *example, {"id": f"rule-{code}"})

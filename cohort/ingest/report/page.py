"""The report as one page of HTML: no script, no font or picture from elsewhere, readable aloud and on paper.

The page is built as a tree and written by lxml, so no text can turn into mark-up; a policy in its head forbids
scripts and connections all the same. Levels are said in words, not in colours alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import html
from lxml.html.builder import E

from cohort.ingest.report.account import Account, Group
from cohort.ingest.report.shown import counted

MANY = 5
"""From more groups of findings than this the page has a table of contents."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #0b0c0c; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #505a5f; }
table { border-collapse: collapse; } caption { text-align: left; }
th, td { padding: .25rem 1rem .25rem 0; text-align: left; border-bottom: 1px solid #b1b4b6; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
.standing { font-size: 1.25rem; font-weight: 600; }
article { margin: 1.5rem 0; padding-left: 1rem; border-left: .4rem solid #505a5f; }
article.error { border-left-color: #b10e1e; }
a { color: #1d4f91; } a:focus { outline: .2rem solid #0b0c0c; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } article { break-inside: avoid; }
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
    standing = [E.h1(title), E.p(said.headline, {"class": "standing"}), E.p(said.meaning)]
    tree = E.html(head, E.body(E.main(*standing, *_sections(said))), lang="en-GB")
    return str(html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")).encode()


def _sections(said: Account) -> Iterable[Any]:
    yield from _section("next", "What to do next", [E.ol(*map(E.li, said.steps))])
    yield from _section("return", "The return", [E.dl(*(e for n, v in said.facts for e in (E.dt(n), E.dd(v))))])
    if said.tables:
        yield from _section("records", "Records", [_records(said)])
    if said.groups:
        yield from _section("findings", "Findings", _findings(said.groups))
    yield from _listed("changes", "What changed since the submission before", said.changes)
    yield from _listed("notes", "Normalised, nothing to do", (f"{note}: {n:,}" for note, n in said.notes))
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


def _findings(groups: tuple[Group, ...]) -> Iterable[Any]:
    yield E.p(
        "An error sets its record aside; a query wants a reason. Row 3 of a table is its third record in the file, "
        "counted from the top."
    )
    if len(groups) > MANY:
        links = (
            E.li(E.a(f"{_title(g)}: {g.sentence}", href=f"#finding-{place}")) for place, g in enumerate(groups, start=1)
        )
        yield E.nav(E.h3("Contents"), E.ol(*links), {"aria-label": "Findings"})
    yield from (_article(group, f"finding-{place}") for place, group in enumerate(groups, start=1))


def _title(group: Group) -> str:
    return f"{group.code}, {group.level}, {counted(group.n, 'place')} in {group.table}, {group.column}"


def _article(group: Group, name: str) -> Any:
    rows = ", ".join(map(str, group.rows))
    rest = f" and {group.rest:,} more, which the workbook and the CSV list name" if group.rest else ""
    lines = [("What to do: ", group.advice), ("Your reason: ", group.reason)]
    lines += [
        ("Where: ", f"{group.table} {'row' if group.n == 1 else 'rows'} {rows}{rest}"),
        ("DfE rule: ", group.dfe_rule),
    ]
    said = (E.p(E.strong(label), text) for label, text in lines if text)
    return E.article(E.h3(_title(group)), E.p(group.sentence), *said, {"class": group.level, "id": name})

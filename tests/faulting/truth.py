"""What the record holds, in words that do not depend on keys, clocks or chance: two runs of one file say the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.faulting.server import Server

Rows = Counter[tuple[str, str]]
"""(table, row in words) → how often."""
OF_SUBMISSIONS = ("submission_id", "by_submission_id")
ASIDE = {"cohort.audit_entry"}
ACCEPTED = """
    SELECT s.submission_id FROM cohort.submission s
    WHERE EXISTS (SELECT FROM cohort.submission_event e
                  WHERE e.submission_id = s.submission_id AND e.kind_code IN ('accepted', 'held'))
    ORDER BY 1
"""


def stored(server: Server) -> Rows:
    """Every row that was written since the migrations, keys replaced by places."""
    rows = _all(server)
    submissions = sorted(row["submission_id"] for table, row in rows if table == "cohort.submission")
    rank = {key: place for place, key in enumerate(submissions, start=1)}
    persons: dict[str, tuple[int, int]] = {}
    for table, row in rows:
        if table == "cohort.link":
            place = (rank.get(row["submission_id"], 0), row["person_row"])
            persons[row["person_id"]] = min(place, persons.get(row["person_id"], place))
    return Counter((table, _words(table, row, rank, persons)) for table, row in rows)


def _all(server: Server) -> list[tuple[str, dict[str, Any]]]:
    tables = [table for table in server.written() if table not in ASIDE]
    if not tables:
        return []
    return server.sql(" UNION ALL ".join(f"SELECT '{table}', to_jsonb(t) FROM {table} t" for table in tables))


def _words(table: str, row: dict[str, Any], rank: dict[int, int], persons: dict[str, tuple[int, int]]) -> str:
    own = table.partition(".")[2] + "_id"
    said = {}
    for name, value in sorted(row.items()):
        if name in OF_SUBMISSIONS:
            said[name] = rank.get(value, "nowhere") if value is not None else None
        elif name == "person_id":
            said[name] = persons.get(value, "nobody")
        elif name not in {"at", own} and not name.endswith("_at"):
            said[name] = value
    return str(said)


def received(server: Server) -> list[int]:
    """The submissions that are in the record, accepted or held."""
    return [key for (key,) in server.sql(ACCEPTED)]

"""Tombstones in a file of their own: what a backup made before an erasure cannot know.

The file holds random keys, grounds and dates, objections by random key, and the keyed hashes of barred identifiers;
it is sealed, for whoever could write it could have anybody erased. It lies beside the backups and is newer than
each of them. Erasing again what was erased changes nothing, so it may be applied as often as one likes.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, text
from sqlalchemy.dialects.postgresql import insert

from cohort.errors import UsageError
from cohort.schema.erasure import BarredToken, Objection
from cohort.store.backup import Seal
from cohort.vault.erase import Act, Erased, erase_again

FORMAT = "cohort-erasures-1"
ACTS = text(
    """
    SELECT e.erasure_id::text, e.at, e.ground_code, e.account_name,
           coalesce(array_agg(p.person_id::text ORDER BY p.person_id) FILTER (WHERE p.person_id IS NOT NULL), '{}')
    FROM cohort.erasure e LEFT JOIN cohort.erased_person p USING (erasure_id)
    GROUP BY e.erasure_id ORDER BY e.at, e.erasure_id
    """
)
OBJECTIONS = text("SELECT objection_id::text, person_id::text, at, account_name, lifted_at FROM cohort.objection")
BARRED = text("SELECT kind_code, encode(token, 'hex'), key_version FROM vault.barred_token ORDER BY token")


@dataclass(frozen=True)
class Tombstones:
    """What the file says. `erasures`: act and keys, oldest first; `objections`, `barred`: rows of their tables."""

    erasures: tuple[tuple[Act, tuple[str, ...]], ...]
    objections: tuple[dict[str, Any], ...]
    barred: tuple[dict[str, Any], ...]


def export(connection: Connection, path: Path, seal: Seal) -> int:
    """Write every tombstone, readable by its owner alone; hands on how many erasures there are. As role VAULT."""
    acts = [dict(zip(("id", "at", "ground", "account", "keys"), row, strict=True)) for row in connection.execute(ACTS)]
    body = {
        "format": FORMAT,
        "key_id": seal.key_id,
        "erasures": acts,
        "objections": [dict(row._mapping) for row in connection.execute(OBJECTIONS)],
        "barred": [list(row) for row in connection.execute(BARRED)],
    }
    told = json.dumps(body, sort_keys=True, default=datetime.isoformat)
    _write(path, json.dumps({"body": told, "seal": seal.of(told.encode())}))
    return len(acts)


def _write(path: Path, content: str) -> None:
    """Aside and renamed: whatever moment the machine stops, a whole file lies there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)


def read(path: Path, seal: Seal) -> Tombstones:
    """What a file says. Raises UsageError where it was not written with this record's key ring, or was changed."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        told, sealed = str(whole["body"]), str(whole["seal"])
        body = json.loads(told)
        is_ours = body["format"] == FORMAT and hmac.compare_digest(sealed.encode(), seal.of(told.encode()).encode())
    except (OSError, ValueError, KeyError, TypeError):
        is_ours, body = False, {}
    if not is_ours:
        raise UsageError(
            "ERASE-04",
            f"{path} is no list of erasures of this record, or it was changed.",
            "Write it anew where the record is whole: cohort erasures export FILE",
        )
    return _parsed(body)


def _parsed(body: dict[str, Any]) -> Tombstones:
    return Tombstones(
        tuple(
            (Act(e["ground"], e["account"], UUID(e["id"]), datetime.fromisoformat(e["at"])), tuple(e["keys"]))
            for e in body["erasures"]
        ),
        tuple(
            {name: datetime.fromisoformat(v) if v and name in {"at", "lifted_at"} else v for name, v in row.items()}
            for row in body["objections"]
        ),
        tuple({"kind_code": k, "token": bytes.fromhex(t), "key_version": v} for k, t, v in body["barred"]),
    )


def apply(connection: Connection, stones: Tombstones) -> list[Erased]:
    """Erase again who was erased, and enter objections and barred identifiers that the record does not have.

    Erasures that it knows already are passed over.
    """
    there = set(connection.scalars(text("SELECT erasure_id FROM cohort.erasure")))
    gone = set(connection.scalars(text("SELECT person_id::text FROM cohort.erased_person")))
    if objections := [row for row in stones.objections if row["person_id"] not in gone]:
        entered = insert(Objection)  # what was taken back stays so, whichever of the two is older
        lifted = {"lifted_at": func.coalesce(Objection.lifted_at, entered.excluded.lifted_at)}
        connection.execute(entered.on_conflict_do_update(index_elements=["objection_id"], set_=lifted), objections)
    if stones.barred:
        connection.execute(insert(BarredToken).on_conflict_do_nothing(), list(stones.barred))
    return [erase_again(connection, keys, act) for act, keys in stones.erasures if act.erasure_id not in there]

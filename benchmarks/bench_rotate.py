"""Carrying tokens to a new key, beside moving the same rows and doing nothing.

One million tokens on the embedded Postgres. Printed: HMACs a second by `cohort.vault.tokens` beside the standard
library's `hmac.digest`; then a rotation beside its bare bones, the same rows read in batches, copied into a
temporary table and written back unchanged. Best of two, as ratios within one run.
"""

from __future__ import annotations

import hmac
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from cohort.store import embedded, migrate
from cohort.store.roles import LOGIN
from cohort.vault import rotate
from cohort.vault.keys import FileKeys, throwaway
from cohort.vault.tokens import carried, tokens

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
RUNS = 2
FILL = text(
    """
    INSERT INTO vault.token (kind_code, token, key_version, person_id, submission_id)
    SELECT 'upn', substr(sha256(convert_to(i::text, 'UTF8')), 1, 16), 1, gen_random_uuid(), 1
    FROM generate_series(1, :rows) i
    """
)


def seconds(work: Callable[[], object]) -> float:
    """The best of RUNS."""
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def macs() -> dict[str, float]:
    """HMACs a second: of texts by the project, of the same bytes by the standard library, and of stored tokens."""
    ring, texts = throwaway(), [f"A{i:012d}" for i in range(ROWS // 4)]
    given = [b"upn\0" + value.encode() for value in texts]
    stored = [value[:16] for value in given]
    library = seconds(lambda: [hmac.digest(ring.keys[0], value, "sha256")[:16] for value in given])
    ours = seconds(lambda: tokens(ring, "upn", texts))
    again = seconds(lambda: carried(ring.keys[0], "upn", stored))
    return {
        "hmac.digest a second": round(len(given) / library),
        "tokens a second": round(len(given) / ours),
        "carried a second": round(len(given) / again),
        "tokens, ratio to hmac.digest": round(library / ours, 2),
    }


def rotations(engine: Engine, keys: FileKeys) -> dict[str, float]:
    """Seconds of a rotation, and of one that reads and writes every row and changes none."""
    real = rotate.carried
    whole = seconds(lambda: rotate.rotate(engine, keys))
    rotate.carried = lambda _, __, stored: list(stored)
    bare = seconds(lambda: rotate.rotate(engine, keys))
    rotate.carried = real
    return {"rotation seconds": round(whole, 1), "bare seconds": round(bare, 1), "ratio": round(whole / bare, 2)}


def main() -> None:
    """Print the figures as JSON."""
    with tempfile.TemporaryDirectory(prefix="cohort-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        url = embedded.start(home)
        owner = create_engine(url)
        migrate.upgrade(owner)
        with owner.begin() as connection:
            connection.execute(FILL, {"rows": ROWS})
        keys = FileKeys(home / "keys" / "keyring.json")
        keys.create()
        application = create_engine(url.set(username=LOGIN))
        print(json.dumps({"rows": ROWS, **macs(), **rotations(application, keys)}, indent=2))
        application.dispose()
        owner.dispose()


if __name__ == "__main__":
    main()

"""The steps of the schema, found as they lie in `migrations/versions`."""

from __future__ import annotations

from dataclasses import dataclass

from alembic.script import ScriptDirectory

from cohort.store import migrate


@dataclass(frozen=True)
class Step:
    """One revision, and the one below it (`base` under the first)."""

    revision: str
    below: str


def steps() -> list[Step]:
    """Every revision, the oldest first."""
    walked = ScriptDirectory.from_config(migrate.config()).walk_revisions()
    names = [script.revision for script in walked][::-1]
    return [Step(name, below) for name, below in zip(names, ["base", *names], strict=False)]


STEPS = steps()

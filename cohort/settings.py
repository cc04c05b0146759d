"""Settings from `COHORT_*` environment variables, read at the doors (CLI, app, tests) and handed on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from cohort.errors import UsageError

ROOT_HOME = Path("/var/lib/cohort")
"""Where root's data lies: never under a private home, whose parents the embedded Postgres would open."""


@dataclass(frozen=True)
class Settings:
    """Where things are. `database_url` is None for the embedded Postgres under `home`.

    `admin_url`: a login that may make roles and tables, for `cohort db` alone.
    """

    home: Path
    database_url: str | None
    admin_url: str | None
    key_file: Path
    engine: str
    max_megabytes: int
    retention_years: int
    """Years after the end of the 25th school year for which a person is kept."""

    @property
    def snapshots(self) -> Path:
        """The folder of snapshots."""
        return self.home / "snapshots"

    @property
    def registers(self) -> Path:
        """The folder of public registers, which hold no child."""
        return self.home / "registers"

    @property
    def releases(self) -> Path:
        """The folder of the file ledger, which serves scripts."""
        return self.home / "releases"

    @property
    def erasures(self) -> Path:
        """The list of erasures, written anew after each: what a restored backup has to be told."""
        return self.home / "erasures.json"

    @property
    def copied(self) -> tuple[Path, ...]:
        """Folders of which copies are made and handed on: no key may lie there."""
        return (self.home / "postgres", self.home / "backups", self.snapshots, self.releases)


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises UsageError for a value that cannot be meant."""
    env = os.environ if environment is None else environment
    home = Path(env["COHORT_HOME"]).expanduser() if env.get("COHORT_HOME") else _default_home()
    return Settings(
        home=home.absolute(),
        database_url=env.get("COHORT_DATABASE_URL") or None,
        admin_url=env.get("COHORT_ADMIN_URL") or None,
        key_file=Path(env.get("COHORT_KEY_FILE") or home / "keys" / "keyring.json").expanduser().absolute(),
        engine=env.get("COHORT_ENGINE") or "duckdb",
        max_megabytes=_whole(env, "COHORT_MAX_MEGABYTES", 1024),
        retention_years=_whole(env, "COHORT_RETENTION_YEARS", 10),
    )


def _default_home() -> Path:
    return ROOT_HOME if getattr(os, "geteuid", lambda: 1)() == 0 else user_data_path("cohort")


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise UsageError("SETTING-01", f"{name} is not a whole number above 0.", f"Unset it, or set {name}={default}.")
    return int(text)

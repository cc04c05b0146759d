"""Open a snapshot: its tables as Ibis expressions, on DuckDB in the same process or on Spark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import ibis
from ibis import ir

from cohort.errors import UsageError
from cohort.settings import from_environment
from cohort.snapshot.manifest import Manifest, read


@dataclass(frozen=True)
class Snapshot:
    """A frozen record. `tables["person"]` is an Ibis table; `manifest` says what it holds."""

    path: Path
    manifest: Manifest
    tables: Mapping[str, ir.Table] = field(repr=False)

    @property
    def name(self) -> str:
        """The name that was given to it."""
        return self.manifest.name

    @property
    def digest(self) -> str:
        """What identifies its content."""
        return self.manifest.digest


def open_snapshot(name_or_path: str | Path, engine: str | None = None) -> Snapshot:
    """Open a snapshot by name (under COHORT_HOME) or by path. `engine`: `duckdb` or `spark://host:port`.

    Raises UsageError where there is no such snapshot or no such engine.
    """
    settings = from_environment()
    path = Path(name_or_path)
    folder = path if (path / "snapshot.json").exists() else settings.snapshots / str(name_or_path)
    manifest = read(folder)
    backend = _backend(engine or settings.engine)
    tables = {name: backend.read_parquet(str(folder / name / "*.parquet"), table_name=name) for name in manifest.tables}
    return Snapshot(folder, manifest, tables)


def _backend(engine: str):
    if engine == "duckdb":
        return ibis.duckdb.connect()
    if engine.startswith("spark://"):
        try:
            from pyspark.sql import SparkSession  # noqa: PLC0415  # pyright: ignore[reportMissingImports]  (an extra)
        except ImportError:
            raise UsageError(
                "SNAP-02", "Spark is not installed.", "pip install 'cohort-0-25[spark]', or use --engine duckdb"
            ) from None
        return ibis.pyspark.connect(SparkSession.builder.master(engine).getOrCreate())
    raise UsageError("SNAP-03", "There is no such engine.", "Use duckdb or spark://host:port.")

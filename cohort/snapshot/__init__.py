"""A frozen record: Parquet files and a manifest. Opening is all that an analyst needs."""

from cohort.snapshot.open import Snapshot, open_snapshot

__all__ = ["Snapshot", "open_snapshot"]

"""The world as a snapshot directly, for trials that no file and no database should slow down."""

from synthetic.snapshot.write import HasTold, write

__all__ = ["HasTold", "write"]

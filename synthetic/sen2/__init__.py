"""The SEN2 returns that the lives would give rise to: one for each authority and year."""

from __future__ import annotations

from synthetic.sen2.tell import returns

__all__ = ["returns"]

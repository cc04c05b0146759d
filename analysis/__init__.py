"""From a snapshot to what may be seen."""

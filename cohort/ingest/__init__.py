"""The stair that a return climbs into the record."""

"""What each collection's return tells of a year, in the stored shape: one file a collection."""

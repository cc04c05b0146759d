"""A return as a whole: what is missing, heaped, or the same in every row. Queries, one for a return."""

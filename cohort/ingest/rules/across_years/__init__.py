"""A return beside what the record knew of its persons: last year, and in other authorities' returns."""

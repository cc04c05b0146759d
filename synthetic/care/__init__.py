"""Social care, care and youth justice: a life beside school, by severity, behaviour and deprivation."""

"""What is stored: tables, columns and code lists, each with a comment."""

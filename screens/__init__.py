"""What people see, by role. A screen is handed its calls and knows no database, no snapshot and no statistics."""

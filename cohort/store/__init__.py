"""The way to the database: an engine from settings, migrations, and what became of submissions."""

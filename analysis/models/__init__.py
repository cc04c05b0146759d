"""Estimators: plain frames in, frozen results out. They know no database, no snapshot and no screen."""

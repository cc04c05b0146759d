"""What each kind of person may ask for."""

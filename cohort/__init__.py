"""The record: from a return to a frozen snapshot."""

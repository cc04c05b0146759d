"""Charts of released tables, one file a kind; analysis.draw hands them out."""

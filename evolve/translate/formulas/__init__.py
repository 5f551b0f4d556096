"""Programs as expressions in one variable, and how those are written."""

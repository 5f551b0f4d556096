"""From run directories to one page: what was found, and how sure that is."""

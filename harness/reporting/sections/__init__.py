"""What the page says: each module turns runs into the blocks of a section."""

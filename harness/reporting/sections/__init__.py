"""Sections of the page: each module turns runs into blocks."""

"""What the language is called in each library: tables and helpers."""

"""A page as HTML, on the terminal, and as PNG, SVG and CSV files."""

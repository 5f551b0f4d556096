"""Programs as formulas, by SymPy and latex2mathml."""

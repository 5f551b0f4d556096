"""EAFO: activations corrected by their entropy."""

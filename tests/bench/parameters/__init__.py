"""Trained parameters of activations against the same frozen."""

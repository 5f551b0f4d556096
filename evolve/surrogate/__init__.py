"""Predictions of an activation's performance without training.

Bingham and Miikkulainen, arXiv 2301.05785, by the description of the paper.
"""

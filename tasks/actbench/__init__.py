"""Classification by a small network, thousands of activations in a program.

The mini Act-Bench, in kind after Act-Bench (Bingham and Miikkulainen, arXiv
2301.05785).
"""

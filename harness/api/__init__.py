"""The functions that `import harness` offers, for notebooks and scripts."""

"""From run directories to one page of findings and their uncertainty."""

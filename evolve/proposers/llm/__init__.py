"""Language models as mutators: what they are asked, and what they answer."""

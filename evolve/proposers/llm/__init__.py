"""Language models as proposers: prompts, calls, and programs in answers."""

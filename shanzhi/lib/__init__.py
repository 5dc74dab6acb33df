"""Pure functions without models: the lowest layer, imported by everything and importing nothing of ours."""

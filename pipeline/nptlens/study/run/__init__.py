"""Run the stages of a study in order, resume, and tell what is up to date."""

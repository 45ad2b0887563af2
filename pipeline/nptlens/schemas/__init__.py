"""What passes between stages: records, checked tables, settings, codebooks."""

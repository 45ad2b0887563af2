"""Tell where a study holds words and names, and remove all traces of a transcript or a person."""

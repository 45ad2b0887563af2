"""What Python programs use, handed on as ``nptlens.NAME``: studies and their tables, transcripts, codebooks, trained coders."""

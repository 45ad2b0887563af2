"""What every other part rests on: errors, ids and digests, text, decoding, shipped files; it imports nothing of the package."""

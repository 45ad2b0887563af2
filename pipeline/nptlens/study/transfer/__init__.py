"""Bring coding in from other tools' projects, and take codings out to them."""

"""Layouts: lines, cues, rows and pages into turns, whatever file they came from."""

"""The formats that a report may be written in; the settings, the command line and the writers take them from here."""

from __future__ import annotations

from enum import StrEnum


class ReportFormat(StrEnum):
    """A format, by the word that settings and the command line use."""

    HTML = "html"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    MD = "md"
    JSONL = "jsonl"

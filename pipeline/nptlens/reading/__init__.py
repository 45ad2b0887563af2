"""Reading: foreign files into transcripts whose every character is either said by somebody or declared furniture."""

from __future__ import annotations

from nptlens.reading._language import language_of
from nptlens.reading.doubts import doubts, foreign
from nptlens.reading.files import Reading, iter_transcripts, kinds, read, read_file
from nptlens.reading.participants import misspelt_columns, participants_unread, read_participants
from nptlens.reading.practices import read_practices
from nptlens.reading.projects import read_project_values, read_projects
from nptlens.reading.roles import assign_roles, strangers, unled
from nptlens.reading.spellings import mixed_spellings
from nptlens.reading.transcript_ids import TranscriptIds, read_transcript_ids

__all__ = [
    "Reading",
    "TranscriptIds",
    "assign_roles",
    "doubts",
    "foreign",
    "iter_transcripts",
    "kinds",
    "language_of",
    "misspelt_columns",
    "mixed_spellings",
    "participants_unread",
    "read",
    "read_file",
    "read_participants",
    "read_practices",
    "read_project_values",
    "read_projects",
    "read_transcript_ids",
    "strangers",
    "unled",
]

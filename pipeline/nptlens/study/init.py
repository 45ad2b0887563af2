"""A new study folder: study.toml, an empty participants sheet and a place for transcripts."""

from __future__ import annotations

import json
from pathlib import Path

from nptlens.core.delimited import as_opened
from nptlens.core.errors import UsageError
from nptlens.core.hints import command
from nptlens.safety.paths import own_folder, plain_file
from nptlens.store.files import write_bytes
from nptlens.store.folders import make_folder
from nptlens.study.folder import is_study

_TOML = """# A study for nptlens. Every setting has a default; these are the ones you are likely to change.

[study]
name = {name}
transcripts = "transcripts"          # put your transcripts into this folder
codebooks = ["npt", "microsystems"]  # or your own .toml or .csv file
# seeds = ["seeds.csv"]              # your labelled examples: seed_id, text, codes, stance, note
# manual = ["manual_A.csv"]          # manual coding: transcript, start, end, code, stance, coder

[segmenting]
# min_words = 40
# max_words = 120
"""
EMPTY_SHEET = "participant,labels,role,practice,adopter_category\n"


def init(root: Path) -> tuple[Path, ...]:
    """Make a study folder and return what was made; what is there already is left as it is.

    Raises UsageError where `root` is a study already, or a file.
    """
    own_folder(root)
    own_folder(root / "transcripts")
    if is_study(root):
        raise UsageError("this is a study already", where=str(root), hint=f"run: {command('check', root)}")
    made = []
    make_folder(root / "transcripts")
    toml = _TOML.format(name=json.dumps(root.resolve().name))
    for name, data in (("study.toml", toml.encode("utf-8")), ("participants.csv", as_opened(EMPTY_SHEET))):
        if plain_file(root / name) is None:
            write_bytes(root / name, data)
            made.append(root / name)
    return (*made, root / "transcripts")

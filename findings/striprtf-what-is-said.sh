#!/usr/bin/env bash
# striprtf 0.0.35: what a word processor shows of an RTF file and what striprtf gives of it differ, and nothing tells so:
# - words deleted under tracked changes (\deleted), and hidden words (\v), are given as if they stood there;
# - foot-notes, which are printed, are left out;
# - a character beyond the basic plane, which RTF writes as two \u (a smiling face, say), becomes two lone surrogates, so that the text cannot
#   be written as UTF-8;
# - cells of a table are parted by "|", which the words may hold as well.
# The control words are those of the Rich Text Format Specification 1.9.1.
#
# Needs Python 3.11 or later and the package index. Exit code 0: it does as described; 1: it no longer does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check striprtf==0.0.35
cat > "$folder/words.py" <<'PYTHON'
import sys
from importlib.metadata import version

from striprtf.striprtf import rtf_to_text

GIVEN = {  # source, and what was seen
    "deleted": (r"{\rtf1\ansi We met {\deleted never }in May.\par}", "We met never in May.\n"),
    "hidden": (r"{\rtf1\ansi Then {\v aside }we left.\par}", "Then aside we left.\n"),
    "foot-note": (r"{\rtf1\ansi We met.{\footnote\pard Said in the pause.} We left.\par}", "We met. We left.\n"),
    "beyond the basic plane": (r"{\rtf1\ansi laughs \u-10179?\u-8704? again\par}", "laughs \ud83d\ude00 again\n"),
    "cells": (r"{\rtf1\ansi\trowd\cellx1\cellx2 yes|no\cell both\cell\row}", "yes|no|both|\n"),
}
print("striprtf", version("striprtf"))
described = True
for name, (source, seen) in GIVEN.items():
    text = rtf_to_text(source)
    described &= text == seen
    print(f"{name}: {text!a}{'' if text == seen else ' (was: %a)' % seen}")
try:
    rtf_to_text(GIVEN["beyond the basic plane"][0]).encode("utf-8")
    described = False
except UnicodeEncodeError:
    print("which is no text that UTF-8 could write")
sys.exit(0 if described else 1)
PYTHON
if "$folder/venv/bin/python" "$folder/words.py"; then echo "as described"; else echo "changed"; exit 1; fi

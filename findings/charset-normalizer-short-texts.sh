#!/usr/bin/env bash
# charset-normalizer 3.5.2: short texts in Windows-1252, as spreadsheets of western Europe save them, are read as another script or language, without
# a sign of doubt: the best guess is returned, and its "chaos" is 0. A word of four letters becomes two Chinese characters in UTF-16, though it
# has no NUL byte and no byte-order mark; German names become half Arabic or Japanese. A list of a few names is enough for it.
#
# Needs Python 3.11 or later and the package index. Seen: none of the four texts below is read as it was written, though all are
# valid Windows-1252 and the letters of the last fit cp1250 but for one. A longer text of the same kind is read well. Exit code 0: it does as
# described; 1: it no longer does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check charset-normalizer==3.5.2
cat > "$folder/guess.py" <<'PYTHON'
import sys

import charset_normalizer
from charset_normalizer import from_bytes

SHORT = ("Café", "Müller: schön", "ÄÖÜ Aerösköbing", "Zoë said: naïve café")
LONG = (
    "Frau Müller sagte, die Übergabe wäre schön gewesen, hätte man früher darüber geredet. Für die größeren Häuser gälte das natürlich auch, "
    "meinte sie, und die Ärzte würden es ähnlich hören wollen. Später fügte sie hinzu, dass niemand vor zwölf Uhr Zeit für Gespräche hätte."
)
print("charset-normalizer", charset_normalizer.__version__)
wrong = 0
for text in (*SHORT, LONG):
    best = from_bytes(text.encode("cp1252")).best()
    right = best is not None and str(best) == text
    wrong += not right and text in SHORT
    if text in SHORT:
        print(f"{text!r} is read as {best and str(best)!r} ({best and best.encoding}, chaos {best and best.chaos})")
    else:
        print(f"a text of {len(text)} letters is read {'well' if right else 'wrongly'} ({best and best.encoding})")
sys.exit(0 if wrong == len(SHORT) and right else 1)
PYTHON
if "$folder/venv/bin/python" "$folder/guess.py"; then echo "as described"; else echo "changed"; exit 1; fi

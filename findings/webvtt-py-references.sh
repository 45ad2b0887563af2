#!/usr/bin/env bash
# webvtt-py 0.6.0: in a WebVTT file the letters "<" and "&" of what was said stand as &lt; and &amp; (https://www.w3.org/TR/webvtt1/, 4.2.2). webvtt-py
# neither writes nor resolves these references:
# - `Caption.text`, which takes the tags out, gives "R&amp;D" for a cue that shows R&D, and "&lt;inaudible&gt;" for one that shows <inaudible>;
# - a caption made of the words "we <inaudible> left" is written as it stands, so it is a tag to whoever reads the file: read by
#   webvtt-py itself, the word is gone.
#
# Needs Python 3.11 or later and the package index. Exit code 0: it does as described; 1: it no longer does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check webvtt-py==0.6.0
cat > "$folder/captions.py" <<'PYTHON'
import sys
from importlib.metadata import version

import webvtt

GIVEN = "WEBVTT\n\n00:00.000 --> 00:02.000\nR&amp;D said: &lt;inaudible&gt; and <i>then</i> nothing\n"
SAID = "we <inaudible> left R&D"

(caption,) = webvtt.from_string(GIVEN).captions
made = webvtt.WebVTT()
made.captions.append(webvtt.Caption("00:00:00.000", "00:00:02.000", SAID))
(again,) = webvtt.from_string(made.content).captions

print("webvtt-py", version("webvtt-py"))
print(f"shown: 'R&D said: <inaudible> and then nothing'; text: {caption.text!r}")
print(f"said: {SAID!r}; written and read again: {again.text!r}")
described = caption.text == "R&amp;D said: &lt;inaudible&gt; and then nothing" and SAID in made.content and again.text == "we  left R&D"
sys.exit(0 if described else 1)
PYTHON
if "$folder/venv/bin/python" "$folder/captions.py"; then echo "as described"; else echo "changed"; exit 1; fi

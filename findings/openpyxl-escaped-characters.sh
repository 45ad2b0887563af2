#!/usr/bin/env bash
# openpyxl 3.1.5: in a workbook, a character that XML cannot hold stands as _xHHHH_, a carriage return as _x000D_, and the letters _x0041_ themselves
# as _x005F_x0041_ (ST_Xstring in ECMA-376, part 1, 22.9.2.19). openpyxl neither reads nor writes these:
# - a carriage return in a cell, as other programs save it, is read as the seven letters "_x000D_" in the middle of the words;
# - wherever the letters "x005F_" stand in a shared string they are left out, also where they are what was said;
# - text that looks like an escape is written as it stands, so that Excel, and any reader that keeps to the standard, shows "A" for "_x0041_".
#
# XlsxWriter, which escapes as the standard says, makes the file that is read. Needs Python 3.11 or later and the package index.
# Exit code 0: it does as described; 1: it no longer does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1
cat > "$folder/cells.py" <<'PYTHON'
import sys
import zipfile

import openpyxl
import xlsxwriter

SAID = ["We met twice.\rThen nobody came.", "the key is x005F_ I think", "form _x0041_ was lost"]

with xlsxwriter.Workbook("given.xlsx") as book:
    sheet = book.add_worksheet()
    for row, text in enumerate(SAID):
        sheet.write_string(row, 0, text)
read = [row[0].value for row in openpyxl.load_workbook("given.xlsx").active.iter_rows()]

book = openpyxl.Workbook()
for text in SAID:
    book.active.append([text])
book.save("made.xlsx")
with zipfile.ZipFile("made.xlsx") as archive:
    parts = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(("sheet1.xml", "sharedStrings.xml")))

print("openpyxl", openpyxl.__version__)
for said, found in zip(SAID, read):
    print(f"in the cell: {said!r}; read: {found!r}")
print("written as it stands:", b"form _x0041_ was lost" in parts, "; escaped:", b"_x005F_x0041_" in parts)
described = (
    read[0] == "We met twice._x000D_Then nobody came."
    and read[1] == "the key is  I think"
    and b"form _x0041_ was lost" in parts
    and b"_x005F_x0041_" not in parts
)
sys.exit(0 if described else 1)
PYTHON
cd "$folder"
if venv/bin/python cells.py; then echo "as described"; else echo "changed"; exit 1; fi

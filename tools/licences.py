"""Write docs/licences.md: the licence of every library that an installation of nptlens brings, as the library itself states it.

`make licences` runs it. It fails where a library states no licence that is known, or one that would bind those who use it (GPL, AGPL).
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import Requirement

from tools.lock import ROOT, blocks, name_of

PAGE = ROOT / "docs" / "licences.md"
OWN_TERMS = re.compile(r"(nvidia|cuda)-")
"""Libraries for graphics cards that torch brings on Linux, where it comes from the public index: under their maker's own terms."""
_ALLOWED = (
    "0BSD", "Apache", "BSD", "BSL-1.0", "CC0", "CNRI-Python", "HPND", "ISC", "LGPL", "LLVM-exception", "MIT", "MPL", "PSF", "Unlicense",
    "Zlib",
)  # fmt: skip
_BINDING = re.compile(r"(?<!lesser )general public|affero|(?<!L)GPL|proprietary|commercial", re.IGNORECASE)
_KNOWN = (  # what classifiers and free texts begin with or hold
    ("lesser general public", "LGPL"), ("mozilla public", "MPL-2.0"), ("apache", "Apache-2.0"), ("isc", "ISC"), ("mit", "MIT"),
    ("bsd", "BSD"), ("python software foundation", "PSF-2.0"), ("unlicense", "Unlicense"),
)  # fmt: skip
_ROW = re.compile(r"^\| ([\w.-]+) \| ([^|]+) \| (?:expression|classifier|text) \|$", re.MULTILINE)
_HEAD = """# Licences of the libraries

Made by `make licences` from what each installed library says of itself; a test fails where this list is no longer true, where a
library states no licence that is known, or where it is under GPL or AGPL. nptlens itself is under the MIT licence.

The wheels of numpy, scipy and scikit-learn hold parts of the GNU compiler's run-time libraries, under LGPL or under GPL-3.0 with the
GCC Runtime Library Exception, which lets programs under any licence use them. The build of torch that the public package index has
for Linux brings libraries for graphics cards (their names begin with nvidia- or cuda-) under their maker's own terms, which are no
open licence; they are not in this list, and `requirements-light.lock` does without torch.

| library | licence | stated as |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Library:
    """An installed library: its name, its licence (empty where it states none that is known), and in which field it states it."""

    name: str
    licence: str
    field: str

    @property
    def fits(self) -> bool:
        """Whether it may be used by a program under any licence: each part of what it states is a permissive licence, LGPL or MPL."""
        parts = [part for part in re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", self.licence) if part.strip()]
        return bool(parts) and all(part.strip().startswith(_ALLOWED) for part in parts)


def installed() -> tuple[Library, ...]:
    """Return the libraries that pyproject.toml asks for, and all that these ask for, as far as they are installed, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    todo = [Requirement(each) for each in project["dependencies"]]
    found: dict[str, Library] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        wanted = todo.pop()
        key = name_of(wanted.name), frozenset(wanted.extras)
        if key in seen:
            continue
        seen.add(key)
        try:
            library = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:  # for another system, or an extra that a test's environment lacks
            continue
        found[key[0]] = Library(key[0], *stated(library.metadata))
        for each in map(Requirement, library.requires or ()):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
                todo.append(each)
    return tuple(found[name] for name in sorted(found))


def stated(said: metadata.PackageMetadata) -> tuple[str, str]:
    """Return the licence that a library's metadata state, and the field: the expression, else the classifier, else the free text."""
    if said.get("License-Expression"):
        return said["License-Expression"], "expression"
    for classifier in said.get_all("Classifier") or ():
        if classifier.startswith("License ::") and _BINDING.search(classifier):
            return classifier.rpartition(":: ")[2], "classifier"
        if classifier.startswith("License ::") and (name := _known(classifier)):
            return name, "classifier"
    first = next((line.strip() for line in (said.get("License") or "").splitlines() if line.strip()), "")
    if Library("", first, "").fits:
        return first, "text"
    return _known(first), "text"


def _known(words: str) -> str:
    if _BINDING.search(words):
        return ""
    return next((name for sign, name in _KNOWN if re.search(rf"\b{sign}\b", words, re.IGNORECASE)), "")


def on_page() -> dict[str, str]:
    """Return the libraries and licences that docs/licences.md lists."""
    return dict(_ROW.findall(PAGE.read_text(encoding="utf-8")))


def conditional() -> set[str]:
    """Return the names of libraries that requirements.lock wants on some systems only."""
    return {name_of(block) for block in blocks(ROOT / "requirements.lock") if ";" in block.splitlines()[0]}


def main() -> int:
    """Write the page; return 1 where a licence does not fit, and say which."""
    found = [each for each in installed() if not OWN_TERMS.match(each.name)]
    PAGE.write_text(_HEAD + "".join(f"| {each.name} | {each.licence} | {each.field} |\n" for each in found), encoding="utf-8")
    wrong = [each for each in found if not each.fits]
    for each in wrong:
        print(f"{each.name}: {each.licence or 'no licence that is known'}")
    print(f"{PAGE.relative_to(ROOT)}: {len(found)} libraries, {len(wrong)} of them with a licence that does not fit")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

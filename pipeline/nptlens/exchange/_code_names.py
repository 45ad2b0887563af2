"""Which codes a line that a person wrote names: ``CODE``, ``CODE: memo``, ``CODE; CODE``, ``#new code``, with stance and probability."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nptlens.core.close_names import nearest
from nptlens.schemas.records import STANCES, Code, Codebook

_LEVEL = re.compile(r"\s*(?:>|/|\\|:)\s*")
_MEMO = re.compile(r"\s*(?::|=|–|—|\n)\s*|\s+-\s+")
_NEW = re.compile(r"(?:#|(?:code|codes|kode|código|codigo)\s*:)\s*(?P<name>\S.*)", re.IGNORECASE)
_PROBABILITY = re.compile(r"probability \S+", re.IGNORECASE)
_ALIKE = 0.75
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Named:
    """A code that a line names: the study's own, or a new one by its name; with memo and stance."""

    code: Code | None
    name: str
    memo: str = ""
    stance: str = ""


class CodeNames:
    """The study's codes by all that people call them: id, name, ``id name`` and the path of names that leads to a code."""

    def __init__(self, own: Codebook) -> None:
        self._own = own
        spelled = Counter(_plain(code.name) for code in own)
        by_id = {code.id: code for code in own}
        self._codes: dict[str, Code] = {}
        for code in own:
            above, names = code.parent, [code.name]
            while above in by_id and len(names) <= len(by_id):
                names.insert(0, by_id[above].name)
                above = by_id[above].parent
            forms = [f"{code.id} {code.name}", " > ".join(names), *([code.name] if spelled[_plain(code.name)] == 1 else [])]
            for form in forms:
                self._codes.setdefault(_plain(form), code)
        self._codes |= {_plain(code.id): code for code in own}

    def code(self, name: str) -> Code | None:
        """Return the code that is called so, None where none is."""
        return self._codes.get(_plain(name))

    def near(self, name: str) -> str:
        """Return the name of the study's code that is most like a short name, "" where none is near."""
        if not name or len(name) > _LONGEST_NAME:
            return ""
        known = {_plain(form): code.name for code in self._own for form in (code.name, code.id)}
        found = nearest(_plain(name), known, alike=_ALIKE)
        return known[found] if found else ""

    def named(self, line: str) -> tuple[list[Named], list[str]]:
        """Return the codes that a line names, and the parts of it that name none although others do; nothing where none is named."""
        line = line.strip()
        if new := _NEW.match(line):
            found = [self._one(name) for name in re.split(r"\s+#|\s*;\s*#?", new["name"]) if name.strip()]
            return found, []
        if one := self._with_memo(line):
            return one, []
        found, rest = [], []
        for part in filter(str.strip, re.split(r"[;|]", line)):
            if more := self._with_memo(part.strip()):
                found += more
            elif found and found[-1].memo and not self.near(part.strip()):
                found[-1] = replace(found[-1], memo=f"{found[-1].memo};{part}".strip())
            else:
                rest.append(part.strip())
        return (found, rest) if found else ([], [])

    def _one(self, name: str) -> Named:
        known = self._with_memo(name.strip())
        return known[0] if known else Named(None, " ".join(name.split()))

    def _with_memo(self, line: str) -> list[Named]:
        """Return the codes of ``CODE``, ``CODE, CODE`` and either with a memo behind it."""
        if whole := self._list(line):
            return whole
        for sign in reversed(list(_MEMO.finditer(line))):
            if found := self._list(line[: sign.start()]):
                memo = line[sign.end() :].strip()
                if self.code(memo):  # two codes with a sign between them that is none of ours
                    return []
                return [replace(each, memo=memo) for each in found]
        return []

    def _list(self, words: str) -> list[Named]:
        if code := self.code(words):
            return [Named(code, code.name)]
        found: list[Named] = []
        for part in _joined(words.split(","), self):
            if code := self.code(part):
                found.append(Named(code, code.name))
            elif found and part.strip().casefold() in STANCES:
                found[-1] = replace(found[-1], stance=part.strip().casefold())
            elif not (found and _PROBABILITY.fullmatch(part.strip())):
                return []
        return found


def _joined(parts: list[str], names: CodeNames) -> Iterator[str]:
    """Yield parts between commas, as few as name codes: a name may hold a comma itself."""
    first = 0
    while first < len(parts):
        last = next((end for end in range(len(parts), first + 1, -1) if names.code(",".join(parts[first:end]))), first + 1)
        yield ",".join(parts[first:last])
        first = last


def _plain(name: str) -> str:
    return _LEVEL.sub(" > ", " ".join(name.split())).casefold().strip()

"""The style sheets within a web page: which declarations hold for an element. Selectors of names, classes, ids and ancestors are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PRINT = re.compile(r"@media(?![^{]*screen)[^{]*print[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE)  # holds on paper alone
_AT = re.compile(r"@[\w-]+[^{};]*[{;]")  # the rules within another condition stay
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMPOUND = re.compile(r"(?P<tag>[a-z][\w-]*|\*)?(?P<marks>(?:[.#][\w-]+)*)", re.IGNORECASE)
_MARK = re.compile(r"[.#][\w-]+")
_MOST = 200_000  # characters of style sheets that are looked at


@dataclass(frozen=True, slots=True)
class _Compound:
    tag: str
    marks: tuple[str, ...]

    def fits(self, element: Any) -> bool:
        """Tell whether an element has the name, the classes and the id."""
        if not isinstance(element.tag, str) or self.tag not in ("", "*", element.tag.lower()):
            return False
        own = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id') or ''}"}
        return own.issuperset(self.marks)


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """Rules as (compounds from the outermost to the element's own, declarations)."""

    rules: Sequence[tuple[tuple[_Compound, ...], str]]

    def of(self, element: Any) -> str:
        """Return the declarations that hold for an element, in the order of the sheets."""
        return ";".join(told for chain, told in self.rules if _fits(chain, element))


def style_sheet(root: Any, wanted: re.Pattern[str]) -> StyleSheet:
    """Return the rules of a page's <style> elements whose declarations have anything of `wanted`; what is not understood is passed over."""
    text = "\n".join(each.text or "" for each in root.iter("style"))[:_MOST]
    plain = _AT.sub("", _PRINT.sub("", _COMMENT.sub("", text)))
    rules = []
    for selectors, told in _RULE.findall(plain):
        if wanted.search(told):
            chains = (_chain(each) for each in selectors.split(","))
            rules += [(chain, told) for chain in chains if chain]
    return StyleSheet(rules)


def _chain(selector: str) -> tuple[_Compound, ...]:
    """Return the compounds of a selector, () where one is more than a name, classes and an id."""
    found = [_COMPOUND.fullmatch(each) for each in re.split(r"[\s>]+", selector.strip())]
    if not all(each and each[0] for each in found):
        return ()
    return tuple(_Compound((each["tag"] or "").lower(), tuple(_MARK.findall(each["marks"]))) for each in found if each)


def _fits(chain: Sequence[_Compound], element: Any) -> bool:
    if not chain[-1].fits(element):
        return False
    rest = list(chain[:-1])
    for above in element.iterancestors():
        if rest and rest[-1].fits(above):
            rest.pop()
    return not rest

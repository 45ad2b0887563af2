"""What stands in the notes and descriptions that go to other tools, and how it is found in them again."""

from __future__ import annotations

import re
from dataclasses import replace

from nptlens.exchange._refi_codes import GUID, NOT_CODABLE
from nptlens.exchange.outgoing import OutgoingCoding
from nptlens.schemas.records import STANCES, Code

_STANCE = re.compile(rf"(?:\A|\n)stance: ({'|'.join(STANCES)})\Z")
_PARTS = ("include", "exclude", "source")
_PART = re.compile(rf"\n\n({'|'.join(part.capitalize() for part in _PARTS)}): ")


def note(coding: OutgoingCoding) -> str:
    """Return the note of a coding: its memo, what a machine's claim rests on, the stance in the last line; "" where there is nothing."""
    lines = [coding.memo] if coding.memo else []
    if coding.claim is not None:
        claim = coding.claim
        lines += [f"probability: {claim.probability:.4f}", f"decision: {claim.decision}", f"margin: {claim.margin:.4f}"]
        lines += [f"runner-up: {claim.runner_up}"] if claim.runner_up else []
        lines += [f"nearest seeds: {claim.nearest_seeds}"] if claim.nearest_seeds else []
    if coding.stance:
        lines.append(f"stance: {coding.stance}")
    return "\n".join(lines)


def split_note(text: str) -> tuple[str, str]:
    """Return memo and stance of a note of a person's coding."""
    found = _STANCE.search(text)
    return (text[: found.start()], found.group(1)) if found else (text, "")


def description(code: Code) -> str:
    """Return a code's definition and rules as one text."""
    rules = [(part.capitalize(), getattr(code, part)) for part in _PARTS]
    kept = [(title, rule) for title, rule in rules if rule and not rule.startswith((GUID, NOT_CODABLE))]
    return code.definition + "".join(f"\n\n{title}: {rule}" for title, rule in kept)


def split_description(code: Code) -> Code:
    """Return a code whose definition is a text of `description` with its rules in their fields again."""
    definition, *rest = _PART.split(code.definition)
    titles = [title.lower() for title in rest[::2]]
    rules = dict(zip(titles, rest[1::2], strict=True))
    if not titles or len(rules) < len(titles) or code.include or code.exclude:
        return code
    return replace(code, definition=definition, **rules)

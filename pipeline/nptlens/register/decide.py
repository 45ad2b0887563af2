"""What a project counts as: people's values before the machine's claims."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from nptlens.schemas.fieldwork import PROJECT_CODINGS
from nptlens.schemas.records import Codebook
from nptlens.schemas.tables import checked


def decide(claims: pd.DataFrame, values: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the machine's `claims` (a project codings table) with the values that people gave (a table of those) put first.

    A person's value always wins, and the row says whose it is. Where people differ, the attribute stays undecided and says so. The
    machine's claim is kept beside either.
    """
    given: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in values.itertuples(index=False):
        given[str(row.project_id), codebook.get(str(row.code)).parent or ""][str(row.code)].append(str(row.coder))
    decided = [
        _by_people(given[project, attribute]) if (project, attribute) in given else claim
        for project, attribute, *claim in zip(
            *(claims[name] for name in ("project_id", "attribute", "code", "decided_by", "coder", "reason")), strict=True
        )
    ]
    columns = list(zip(*decided, strict=True)) or [()] * 4
    made = dict(zip(("code", "decided_by", "coder", "reason"), columns, strict=True))
    return checked(PROJECT_CODINGS, claims.assign(**{name: list(column) for name, column in made.items()}))


def _by_people(given: dict[str, list[str]]) -> list[str]:
    if len(given) == 1:
        ((code, coders),) = given.items()
        return [code, "person", ", ".join(sorted(coders)), ""]
    told = "; ".join(f"{', '.join(sorted(coders))}: {code}" for code, coders in sorted(given.items()))
    return ["", "undecided", "", f"people differ ({told})"]

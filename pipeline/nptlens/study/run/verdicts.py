"""From the frames of a comparison to verdicts: whose coding is gold, which excerpts it read, what varies as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nptlens.agreement import CLUSTERS, Frame
from nptlens.coding import selective
from nptlens.core.errors import SettingsError
from nptlens.schemas.settings import Settings
from nptlens.schemas.tables import VERDICTS, empty


def verdicts(
    machine: Sequence[Frame], people: Sequence[Frame], segments: pd.DataFrame, codes: tuple[str, ...], settings: Settings
) -> pd.DataFrame:
    """Return the verdicts table: a row per code the machine knows, empty where it knows none.

    Without manual coding each row says so. Raises SettingsError where `selective.gold` names nobody who coded.
    """
    if not machine or machine[0].score is None:
        return empty(VERDICTS)
    gold = _gold(people, settings.selective.gold)
    if gold is None:
        none = machine[0].score[:0]
        return selective(none, none.astype(bool), (), codes, settings.selective, against="")
    clusters = segments[CLUSTERS[settings.agreement.cluster]].to_numpy(dtype=object)
    read = gold.read & machine[0].read
    return selective(machine[0].score[read], gold.coded[read], clusters[read].tolist(), codes, settings.selective, against=gold.coder)


def _gold(people: Sequence[Frame], named: str) -> Frame | None:
    """Return the frame of the coder who is named, else of the one who read the most; of equals the first by id."""
    if named:
        for frame in people:
            if frame.coder == named:
                return frame
        known = ", ".join(sorted(frame.coder for frame in people)) or "nobody"
        raise SettingsError(f"selective.gold names {named}, but the manual coding is of {known}", hint="name one of them")
    return min(people, key=lambda frame: (-int(frame.read.sum()), frame.coder), default=None)

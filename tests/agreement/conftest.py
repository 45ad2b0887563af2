"""Segments of a given place, and frames of two coders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nptlens.schemas.settings import AgreementSettings, default_settings
from nptlens.schemas.tables import SEGMENTS, checked


@pytest.fixture
def place_segments():
    """Make segments from (transcript, start, end); participants and practices may be named."""

    def made(places, participants=None, practices=None) -> pd.DataFrame:
        n = len(places)
        return checked(
            SEGMENTS,
            pd.DataFrame(
                {
                    "segment_id": [f"{name}:{start}-{end}" for name, start, end in places],
                    "transcript_id": [name for name, _, _ in places],
                    "utterance": range(n),
                    "start": [start for _, start, _ in places],
                    "end": [end for _, _, end in places],
                    "text": "words",
                    "words": 1,
                    "participant_id": participants or "P",
                    "role": "",
                    "practice": practices or "",
                    "adopter_category": "",
                    "start_s": np.nan,
                }
            ),
        )

    return made


@pytest.fixture
def agreement_settings():
    def made(**changes) -> AgreementSettings:
        return AgreementSettings(**{**default_settings().agreement.model_dump(), "resamples": 100, **changes})

    return made

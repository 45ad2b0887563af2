"""The seed doctor over a study's seeds."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.coding import SeedFinding, examine
from nptlens.embedding import embed, load_encoder
from nptlens.errors import SeedError
from nptlens.records import Problem, worth_a_look
from nptlens.store.vectors import VectorCache
from nptlens.study.desk import Desk
from nptlens.study.folder import Study
from nptlens.study.plan import encoder_card


@dataclass(frozen=True, slots=True)
class SeedCheck:
    """A finding per code, and the problems of the seed set."""

    findings: tuple[SeedFinding, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


def examine_seeds(study: Study) -> SeedCheck:
    """Examine the seeds of a study; raises SeedError where it has none."""
    desk = Desk(study)
    found = desk.seed_set
    if not found.seeds:
        raise SeedError("this study has no seeds", where=str(study.root), hint="write seeds.csv: seed_id, text, codes, stance, note")
    card = encoder_card(study)
    cache = VectorCache(study.store / "vectors.sqlite", card.digest)
    try:
        embedded = embed(
            [seed.text for seed in found.seeds],
            encoder=lambda: load_encoder(card, threads=study.settings.study.threads),
            cache=cache,
        )
    finally:
        cache.close()
    findings, problems = examine(found.seeds, embedded.vectors, desk.codebook, study.settings.coding)
    return SeedCheck(findings, (*found.problems, *problems))

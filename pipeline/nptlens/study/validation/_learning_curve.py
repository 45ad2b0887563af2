"""What taught the machine that is measured, and how it fares with more or less of a person's coding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nptlens.agreement import Frame, Score, learning_curve, machine_codings, training_draws
from nptlens.agreement.levels import brief, measure
from nptlens.coding import CrossFittedHeads, Workers, balanced_folds, code, train, train_cross_fitted
from nptlens.core.errors import SeedError, UsageError
from nptlens.core.ids import transcript_id
from nptlens.schemas.records import TaughtBy
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.validation import Trained
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.stage import Progress
from nptlens.study.run.teaching import as_seeds, fewest_folds
from nptlens.study.validation._coders import Coders

_LEFT = 2  # transcripts that the largest set leaves to be measured on
_PARTS = (1, 2, 4, 8)
_STATISTICS = ("mean_kappa", "macro_f1", "macro_ap")


def trained(artefacts: Artefacts, found: Coders) -> tuple[Trained, ...]:
    """Return what taught the machine. Raises UsageError where `validation.tuned` names a transcript that is not there."""
    if found.machine is None:
        return ()
    settings, by = artefacts.study.settings, artefacts.taught_by
    named = sorted({transcript_id(each) for each in settings.validation.tuned})
    strange = sorted(set(named) - set(artefacts.segments["transcript_id"]))
    if strange:
        raise UsageError(f"validation.tuned names {', '.join(strange)}, and there is no such transcript", hint="correct study.toml")
    seeds, tuned = f"{len(artefacts.seed_set.seeds)} seeds", tuple(named)
    if by is None:
        what = f"{seeds} alone, with its probabilities set on held-out folds of these seeds"
        return (Trained(found.machine.coder, what, "", settings.coding.folds, tuned),)
    what = f"{seeds} and {by.excerpts} excerpts that {by.coder} read, with its probabilities set on held-out folds of these"
    return (Trained(found.machine.coder, what, settings.coding.hold_out, by.folds(), tuned),)


def learning(artefacts: Artefacts, found: Coders, coder: str, agreement: AgreementSettings, progress: Progress) -> pd.DataFrame:
    """Return the LEARNING table: the machine taught by the seeds and some of a person's transcripts, measured on the person's others.

    Sets are nested: all transcripts but two, and a half, a quarter and an eighth of them, over `validation.learning_draws` random orders.
    Raises UsageError where the person coded fewer than three transcripts in whole.
    """
    settings = artefacts.study.settings
    person = found.people[coder]
    segments = artefacts.segments
    transcripts = sorted(set(segments.loc[person.read & (person.weight == 1), "transcript_id"]))
    most = len(transcripts) - _LEFT
    if most < 1:
        hint = f"at least {_LEFT + 1}: one to teach, {_LEFT} to measure on"
        raise UsageError(f"{coder} coded {len(transcripts)} transcripts in whole, too few for a learning curve", hint=hint)
    sizes = sorted({most // part for part in _PARTS} - {0})
    sets = training_draws(transcripts, sizes, draws=settings.validation.learning_draws, seed=settings.study.seed)
    how = measure(found.codes, artefacts.codebook, agreement.model_copy(update={"resamples": 0}), seed=settings.study.seed)
    scores = []
    for number, each in enumerate(sets):
        progress("learning curve", number, len(sets))
        machine = _taught(artefacts, person, each.transcripts, found.codes)
        if machine is None:
            continue
        rest = segments["transcript_id"].isin(set(transcripts) - set(each.transcripts)).to_numpy(dtype=bool)
        figures = brief([machine, replace(person, read=person.read & rest)], segments, how)
        whole = figures[figures["scope"] == "overall"].set_index("statistic")["value"]
        scores += [Score(len(each.transcripts), each.draw, name, float(whole[name])) for name in _STATISTICS if name in whole]
    return learning_curve(scores, against=coder, confidence=agreement.confidence)


def _taught(artefacts: Artefacts, person: Frame, transcripts: tuple[str, ...], codes: tuple[str, ...]) -> Frame | None:
    """Return the coding of a machine that some transcripts taught; None where no head can be trained.

    With two of them or more (three where there are no seeds) they are held out in turn for calibration, as in a run; fewer are seeds.
    """
    settings, segments = artefacts.study.settings, artefacts.segments
    rows = np.flatnonzero(segments["transcript_id"].isin(transcripts).to_numpy() & person.read)
    excerpts = as_seeds(person, segments, rows, codes)
    seeds = (*artefacts.seed_set.seeds, *excerpts)
    examples = artefacts.examples + artefacts.excerpts.take(rows)
    given = (artefacts.codebook, artefacts.definitions, artefacts.excerpts, settings.coding)
    fold = balanced_folds([seed.group for seed in excerpts], settings.coding.folds)
    workers = Workers(settings.study.threads)
    try:
        if len(set(fold.values())) < fewest_folds(artefacts.seed_set.seeds):
            cross_fitted = CrossFittedHeads(train(examples, seeds, *given, seed=settings.study.seed, workers=workers))
        else:
            by = TaughtBy(person.coder, len(excerpts), tuple(sorted(fold.items())))
            of = segments["transcript_id"].tolist()
            cross_fitted = train_cross_fitted(examples, seeds, by, *given, seed=settings.study.seed, transcripts=of, workers=workers)
    except SeedError:
        return None
    table = code(artefacts.excerpts, segments, cross_fitted, seeds, examples, artefacts.codebook, settings.coding)
    known = cross_fitted.general.codes
    return machine_codings(table, segments, np.ones(len(segments), dtype=bool), known).spread(known, codes)

"""What the stages of a study have made, fetched when it is asked for; a stage at work is given only what it declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from nptlens.coding import CrossFittedHeads, Excerpts, load_cross_fitted, load_seeds
from nptlens.coding.lexical_similarity import LeakedSeed, leaks
from nptlens.coding.seeds import SeedSet
from nptlens.core.errors import IntegrityError
from nptlens.core.ids import digest_ids
from nptlens.embedding import EncoderCard
from nptlens.reading import (
    Reading,
    TranscriptIds,
    assign_roles,
    misspelt_columns,
    participants_unread,
    read,
    read_participants,
    read_transcript_ids,
    role_hints,
)
from nptlens.safety.tables import table_notes
from nptlens.schemas.records import Codebook, Embedded, Participant, Problem, Seed, Severity, Speaker, TaughtBy
from nptlens.store.ledger import Ledger
from nptlens.study.folder import Study
from nptlens.study.run import pipeline
from nptlens.study.run.plan import encoder_card
from nptlens.study.run.stage import Access, Artefact, Progress, Stage, UndeclaredError, limited_study, problems
from nptlens.study.run.states import CheckedFiles, validation_problems, validation_state
from nptlens.study.run.teaching import Teaching, fewest_folds, holds_a_seed, teaching

T = TypeVar("T")


def transcript_ids(study: Study) -> TranscriptIds | None:
    """Return the ids that the study gives its transcripts, None where it gives none."""
    file = study.transcript_ids_file()
    return read_transcript_ids(file) if file else None


def encodings(*files: Path | None) -> list[Problem]:
    """Return a note for each table whose encoding was guessed or that has further sheets; raises ReadingError where one is no table."""
    found = [(path.name, table_notes(path)) for path in files if path]
    told = [(name, note, "look at its accents" if note.startswith("read as") else "") for name, held in found for note in held]
    return [Problem(*each, Severity.NOTE) for each in told]


def sheet_problems(artefacts: Artefacts) -> list[Problem]:
    """Return what is odd about the participants sheet, read alone or beside the transcripts; nothing where there is none."""
    sheet = artefacts.study.participants_file()
    if sheet is None:
        return []
    hints = role_hints(artefacts.reading.transcripts, artefacts.speakers)
    return [*encodings(sheet), *participants_unread(sheet), *misspelt_columns(artefacts.participants), *hints]


class Made(Generic[T]):
    """An attribute of `Artefacts`: what a stage made, read from the store once."""

    def __init__(self, artefact: Artefact[T]) -> None:
        self._artefact = artefact

    def __get__(self, artefacts: Artefacts, owner: type[Artefacts]) -> T:
        """Return the content of the artefact."""
        return artefacts[self._artefact]


class Derived(Generic[T]):
    """An attribute of `Artefacts` that is worked out of others, once; whoever asks for it asks for what went into it."""

    def __init__(self, make: Callable[[Artefacts], T]) -> None:
        self._make, self.__doc__ = make, make.__doc__

    def __set_name__(self, owner: type[Artefacts], name: str) -> None:
        self._name = name

    def __get__(self, artefacts: Artefacts, owner: type[Artefacts]) -> T:
        """Return the value; raises UndeclaredError where a stage asks that does not declare all that went into it."""
        return artefacts.access.derived(self._name, lambda: self._make(artefacts))


class Artefacts:
    """Products of one study: `artefacts[ARTEFACT]` for each of `nptlens.study.run.pipeline`, those most asked for by name.

    Transcripts are read from their sources, all else comes from the store.
    """

    segments = Made(pipeline.SEGMENTS)
    set_aside = Made(pipeline.SET_ASIDE)
    manual = Made(pipeline.MANUAL)
    seed_vectors = Made(pipeline.SEED_VECTORS)
    definitions = Made(pipeline.CODE_VECTORS)
    """The vectors ``(codes, d)`` of the codes' definitions, in the codebook's order."""
    found_topics = Made(pipeline.FOUND_TOPICS)
    """The topics table as discovered."""
    found_cards = Made(pipeline.FOUND_CARDS)
    topic_stability = Made(pipeline.STABILITY)
    topic_method = Made(pipeline.TOPIC_METHOD)
    topics = Made(pipeline.TOPICS)
    """The topics table, with the merges that people asked for."""
    topic_cards = Made(pipeline.TOPIC_CARDS)
    codings = Made(pipeline.CODINGS)
    heads = Made(pipeline.HEADS)
    topic_codes = Made(pipeline.TOPIC_CODES)
    topic_readings = Made(pipeline.TOPIC_READINGS)
    readings = Made(pipeline.READINGS)
    agreement = Made(pipeline.AGREEMENT)
    summaries = Made(pipeline.SUMMARIES)
    verdicts = Made(pipeline.VERDICTS)
    stances = Made(pipeline.STANCES)
    stance_agreement = Made(pipeline.STANCE_AGREEMENT)
    stance_confusion = Made(pipeline.STANCE_CONFUSION)

    def __init__(
        self,
        study: Study,
        progress: Progress = lambda stage, done, total: None,
        encoder: EncoderCard | None = None,
        *,
        loose: bool = False,
        only: str = "",
        ledger: Ledger | None = None,
        files: CheckedFiles | None = None,
    ) -> None:
        """`progress` is told of the files read; all else is told to the stages. `encoder` is the study's, where it was checked already.

        Transcripts of equal names are refused; `loose` lists them. `only` names the one source that is read. `ledger` tells what the
        stages were made from. Each file that is read is one of `files`; a run, which has looked at them, gives none.
        """
        self.access = Access()
        self._study, self.ledger, self._progress, self._encoder, self._files = study, ledger, progress, encoder, files
        self._loose, self.only = loose, only
        self.held: dict[str, Any] = {}  # what was fetched already, by file; the transcripts as "reading"
        self.told: list[Problem] = []  # what a person should know of this run alone: files that were kept

    @property
    def study(self) -> Study:
        """The study; while a stage is at work, as much of it as the stage declares."""
        return limited_study(self._study, self.access)

    @study.setter
    def study(self, study: Study) -> None:
        """Take another study, such as this one with other settings of the report."""
        self._study = study

    def path(self, name: str) -> Path:
        """Return where a file of the store lies; raises IntegrityError where it is not what its stage made."""
        return self._study.store / name if self._files is None else self._files.path(name)

    def __getitem__(self, artefact: Artefact[T]) -> T:
        """Return the content of an artefact; raises IntegrityError where it is not what its stage made."""
        self.access.ask("artefact", artefact.file)
        if artefact.file not in self.held:
            self.held[artefact.file] = artefact.read(self.path(artefact.file))
        found: T = self.held[artefact.file]
        return found

    @contextmanager
    def limited_to(self, stage: Stage) -> Iterator[None]:
        """Give only what a stage declares, as long as it is at work; all else raises UndeclaredError."""
        with self.access.limited_to(stage, self._study):
            yield

    def make(self, stage: Stage, progress: Progress) -> tuple[str, ...]:
        """Run a stage and return the files that it made, relative to the store; UndeclaredError where it left one out."""
        with self.limited_to(stage):
            stage.function()(self, progress)
            made = self.access.made
        lacking = [artefact.file for artefact in stage.artefacts if artefact.file not in made]
        if lacking:
            raise UndeclaredError(f"stage {stage.name} did not make {', '.join(lacking)}, which it declares")
        return made

    def put(self, artefact: Artefact[T], content: T) -> None:
        """Write an artefact of the stage at work."""
        self.access.put(artefact.file)
        artefact.write(self._study.store / artefact.file, content)
        self.held.pop(artefact.file, None)

    def put_problems(self, found: Iterable[Problem]) -> None:
        """Write what the stage at work lists for a person to see."""
        self.put(problems(self.access.stage), tuple(found))

    def put_results(self, paths: Sequence[Path]) -> None:
        """Say which results the stage at work wrote; which they are hangs on the settings."""
        for path in paths:
            self.access.put(f"../{path.relative_to(self._study.root).as_posix()}", declared=False)

    def problems_of(self, stage: str) -> tuple[Problem, ...]:
        """Return what a stage listed for a person to see; empty where it lists nothing or the study lacks it."""
        file = problems(stage)
        there = (self._study.store / file.file).is_file() if self._files is None else file.file in self._files
        return self[file] if there else ()

    def has(self, stage: str) -> bool:
        """Tell whether the study has a stage."""
        return pipeline.stage_named(stage).wanted(self._study)

    def why_no_validation(self) -> str:
        """Return why results/validation.json cannot be shown, "" where it can; whoever asks declares that file."""
        self.access.ask("input", "validation_file")
        return validation_state(self._study, self.ledger, self._card()) if self.ledger else "there is no ledger"

    def validation_problems(self) -> tuple[Problem, ...]:
        """Return what must be told of a validation that cannot be shown."""
        self.access.ask("input", "validation_file")
        return validation_problems(self._study, self.ledger, self._card()) if self.ledger else ()

    def _card(self) -> EncoderCard:
        self._encoder = self._encoder or encoder_card(self._study)
        return self._encoder

    @property
    def encoder(self) -> EncoderCard:
        """The study's encoder, its files checked."""
        self.access.ask("input", "encoder")
        return self._card()

    @property
    def reading(self) -> Reading:
        """The transcripts, and the problems of the sources."""
        self.access.ask("artefact", pipeline.TRANSCRIPTS.file)
        if "reading" not in self.held:
            self.held["reading"] = read(
                self._study.transcript_root(),
                settings=self._study.settings.reading,
                progress=lambda done, total: self._progress("read", done, total),
                ids=transcript_ids(self._study),
                loose=self._loose,
                threads=self._study.settings.study.threads,
                only=self.only,
            )
        found: Reading = self.held["reading"]
        return found

    @Derived
    def participants(self) -> tuple[Participant, ...]:
        """The participants sheet; empty where there is none."""
        sheet = self.study.participants_file()
        return read_participants(sheet) if sheet else ()

    @Derived
    def speakers(self) -> tuple[Speaker, ...]:
        """Who speaks under each label."""
        return assign_roles(self.reading.transcripts, self.participants, self.study.settings.reading)

    @Derived
    def codebook(self) -> Codebook:
        """The study's codebooks as one."""
        return self.study.codebook()

    @Derived
    def seed_set(self) -> SeedSet:
        """The seeds that speak of the codebook."""
        return load_seeds(self.study.seed_files(), self.codebook)

    @Derived
    def taught(self) -> NDArray[np.bool_]:
        """Which segments ``(n,)`` hold the words of a seed that comes from their transcript: the machine cannot be measured there."""
        return holds_a_seed(self.segments, self.seed_set.seeds)

    @Derived
    def leaks(self) -> tuple[LeakedSeed, ...]:
        """Seeds whose words stand in a segment of a transcript that people coded, whether the seed says that it comes from there or not."""
        coded = self.segments[self.segments["transcript_id"].isin(self.manual["transcript_id"].unique())]
        return leaks(self.seed_set.seeds, zip(coded["segment_id"].tolist(), coded["text"].tolist(), strict=True)) if len(coded) else ()

    @Derived
    def unmeasured(self) -> NDArray[np.bool_]:
        """Segments ``(n,)`` that the machine cannot be measured on: they hold the words of a seed. One answer for run and validation."""
        held = {leak.segment_id for leak in self.leaks}
        return self.taught | self.segments["segment_id"].isin(held).to_numpy(dtype=bool)

    @Derived
    def vectors(self) -> NDArray[np.float32]:
        """The segments' vectors ``(n, d)``, checked against the segments' ids."""
        vectors, rows = self[pipeline.VECTORS], self[pipeline.VECTOR_ROWS]
        if len(vectors) != len(self.segments) or rows != digest_ids(self.segments["segment_id"]):
            raise IntegrityError("the vectors do not belong to the segments", hint="run: nptlens run STUDY --again embed")
        return vectors

    @Derived
    def excerpts(self) -> Excerpts:
        """The segments as the coder sees them."""
        return Excerpts(tuple(self.segments["text"].tolist()), Embedded(self.vectors, self[pipeline.LAYERS]))

    @Derived
    def examples(self) -> Excerpts:
        """The seeds as the coder sees them."""
        texts = tuple(seed.text for seed in self.seed_set.seeds)
        return Excerpts(texts, Embedded(self.seed_vectors, self[pipeline.SEED_LAYERS]))

    @Derived
    def training_seeds(self) -> tuple[Seed, ...]:
        """All that taught the heads: the seeds, then the excerpts that people coded."""
        return (*self.seed_set.seeds, *self.teaching.seeds)

    @Derived
    def training_examples(self) -> Excerpts:
        """The same, as the coder sees it."""
        return self.examples + self.excerpts.take(np.array(self.teaching.rows, dtype=np.intp))

    @Derived
    def teaching(self) -> Teaching:
        """What people's coding taught the machine; nothing where nobody is named who teaches."""
        settings = self.study.settings
        if not settings.coding.taught_by:
            return Teaching()
        return teaching(self.manual, self.segments, self.codebook, settings, fewest=fewest_folds(self.seed_set.seeds))

    @Derived
    def taught_by(self) -> TaughtBy | None:
        """Whose coding taught the machine beside the seeds; None where seeds did alone."""
        found = self[pipeline.TAUGHT_BY]
        return found[0] if found else None

    @Derived
    def cross_fitted(self) -> CrossFittedHeads:
        """The heads that coded the segments."""
        return load_cross_fitted(self[pipeline.HEAD_WEIGHTS], self.heads, self.taught_by, self.training_examples, self.excerpts)

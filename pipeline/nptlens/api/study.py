"""A study folder for Python programs: run it, and get what its last run made as checked tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.api._errors import own_errors
from nptlens.core.errors import UsageError
from nptlens.reading.codebooks import codebook_of_file
from nptlens.schemas.codebook import find_codebook
from nptlens.schemas.records import Codebook, Seed, TopicCard
from nptlens.schemas.settings import Settings
from nptlens.study import folder as folders
from nptlens.study.run.last_run import last_run
from nptlens.study.run.pipeline import stages_of
from nptlens.study.run.runner import RunResult, run, silent
from nptlens.study.run.states import StageStatus, status

if TYPE_CHECKING:
    import pandas as pd

    from nptlens.reading import Reading
    from nptlens.study.partial_report import SelectedReport
    from nptlens.study.run.stage import Progress
    from nptlens.study.validation.validate import Cluster, Validated
    from nptlens.study.why import Reasons


@own_errors()
def open_study(folder: Path | str) -> Study:
    """Return the study in `folder`, the one with study.toml.

    Raises SettingsError where study.toml is missing or wrong, UsageError where `folder` is no folder of a study.
    """
    return Study(folders.open_study(Path(folder)).root)


@own_errors()
def read(path: Path | str) -> Reading:
    """Return the transcripts of a study, of a folder or of one file, and the problems of those that could not be read.

    A transcript holds its text, the spans that its speakers said, and all other spans; nothing is written. Raises UsageError where
    there is no such path, SettingsError where study.toml is wrong.
    """
    from nptlens.study.run.artefacts import Artefacts

    path = Path(path)
    study = folders.open_study(path) if folders.is_study(path) else folders.loose_study(path)
    return Artefacts(study, loose=True).reading


@own_errors()
def read_codebook(source: Path | str) -> Codebook:
    """Return a codebook: a TOML file or a table (CSV, .xlsx, .ods), or one that is shipped ("npt", "microsystems", "npt-cmo-2022").

    Raises CodebookError, which lists every fault, where there is no such codebook or it is wrong.
    """
    return codebook_of_file(find_codebook(str(source), Path()))


@dataclass(frozen=True, slots=True)
class Study:
    """A study folder; whatever is asked for is read anew, and refused where the last run does not hold any more.

    The tables are what the last run made. Each raises UsageError where the study was never run or was changed since then, LockedError
    while a run goes on, IntegrityError where a file is not what the run made, and StorageError where a disk does not let it be read.
    """

    folder: Path

    @property
    @own_errors()
    def settings(self) -> Settings:
        """The study's settings: study.toml over what is shipped."""
        return self._opened().settings

    @property
    @own_errors()
    def codebook(self) -> Codebook:
        """The study's codebooks as one; raises CodebookError where one is wrong."""
        return self._opened().codebook()

    @property
    @own_errors()
    def seeds(self) -> tuple[Seed, ...]:
        """The study's seeds that speak of its codebook; raises SeedError where a seed table is wrong."""
        from nptlens.coding import load_seeds

        study = self._opened()
        return load_seeds(study.seed_files(), study.codebook()).seeds

    @property
    @own_errors()
    def segments(self) -> pd.DataFrame:
        """What is coded, a row each: transcript, start and end in code points, words said, participant, role, practice, time in seconds."""
        with last_run(self._opened(), "segment") as made:
            return made.segments

    @property
    @own_errors()
    def codings(self) -> pd.DataFrame:
        """The machine's codings, a row per segment and code: probability (0 to 1), decision, margin over the runner-up, nearest seeds."""
        with last_run(self._opened(), "code") as made:
            return made.codings

    @property
    @own_errors()
    def topics(self) -> pd.DataFrame:
        """The topic of each segment (-1: outside of all) and how strongly it belongs there (0 to 1)."""
        with last_run(self._opened(), "name") as made:
            return made.topics

    @property
    @own_errors()
    def topic_cards(self) -> tuple[TopicCard, ...]:
        """What is known of each topic: its words, exemplars, size, stability, and the name that people gave it."""
        with last_run(self._opened(), "name") as made:
            return made.topic_cards

    @property
    @own_errors()
    def agreement(self) -> pd.DataFrame:
        """How far coders agree, a row per pair of coders and code: precision, recall, F1 and Cohen's kappa with intervals."""
        with last_run(self._opened(), "compare") as made:
            return made.agreement

    @own_errors()
    def run(self, *, again: Sequence[str] = (), progress: Progress = silent) -> RunResult:
        """Run every stage that is not up to date, and those named in `again`; return the stages, files, problems and agreement.

        `progress` is called with a stage, and how much of how much is done. Raises UsageError for an unknown stage, LockedError where
        another run goes on, NoInputError where nothing can be read, SettingsError, CodebookError and SeedError for wrong inputs.
        """
        study = self._opened()
        known = [stage.name for stage in stages_of(study)]
        unknown = [stage for stage in again if stage not in known]
        if unknown:
            raise UsageError(f"the study has no stage {unknown[0]!r}", hint=f"stages are {', '.join(known)}")
        return run(study, again=tuple(again), progress=progress)

    @own_errors()
    def status(self) -> tuple[StageStatus, ...]:
        """Return for each stage whether it is up to date, why not, and the seconds it took; nothing is run."""
        return status(self._opened())

    @own_errors()
    def report(
        self,
        *,
        formats: Sequence[str] | None = None,
        codes: Sequence[str] | None = None,
        by: str = "",
        excerpts: int | None = None,
        full: bool = False,
        out: Path | str | None = None,
    ) -> SelectedReport:
        """Write the reports again from what the last run made, or a part of them beside these; return the files and problems.

        `formats` are some of html, docx, xlsx, csv, md, jsonl; `codes` the codes whose excerpts are shown; `by` groups them by role,
        practice, adopter, project or a column of the study's own; `excerpts` is the most of a code or group; `full` asks for the full
        report where the study's is short. With any of them, or with `out`, a report of its own is written to `out`, else to a folder of
        its own in results/selected. Raises SettingsError for a value
        that cannot be, and else as the tables do.
        """
        from nptlens.study.partial_report import SelectedReport, report_selected

        wanted: dict[str, object] = {
            **({} if formats is None else {"formats": tuple(dict.fromkeys(formats))}),
            **({} if codes is None else {"codes": tuple(codes)}),
            **({"by": by} if by else {}),
            **({"excerpts": excerpts, "short_excerpts": excerpts} if excerpts is not None else {}),
            **({"length": "full"} if full else {}),
        }
        study = self._opened()
        if wanted or out is not None:
            return report_selected(study, wanted, None if out is None else Path(out))
        result = run(study, again=("report",), only=("report",))
        return SelectedReport(result.outputs, result.told)

    @own_errors()
    def validate(
        self,
        *,
        coder: str = "",
        against: str = "",
        cluster: Cluster | None = None,
        learn_from: str = "",
        out: Path | str | None = None,
        progress: Progress = silent,
    ) -> Validated:
        """Compare all who coded the study, and the machine; return the figures of all codes together, the files and the problems.

        `coder` and `against` (people, or "machine") narrow the pairs; `cluster` is what intervals resample (transcript, participant or
        practice); `learn_from` names whose coding teaches for the learning curve; files go to `out` (the study's results).
        Raises UsageError for an unknown coder, a pair without common units and a study that nobody coded, and else as the tables do.
        """
        from nptlens.study.validation.validate import validate

        folder = None if out is None else Path(out)
        return validate(
            self._opened(), coder=coder, against=against, cluster=cluster, out=folder, learn_from=learn_from, progress=progress
        )

    @own_errors()
    def why(self, segment: str, code: str = "") -> Reasons:
        """Return why a segment has or lacks a code (its most probable one): what views, words and seeds add to the probability.

        Raises UsageError where there is no such segment, or no head for the code, and else as the tables do.
        """
        from nptlens.study.why import why

        return why(self._opened(), segment, code)

    def _opened(self) -> folders.Study:
        # Settings may have been edited since: what is asked for is held against them as they are now.
        return folders.open_study(self.folder)

"""A study on disk: study.toml names its parts, everything has a default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nptlens.codebook import OF_PROJECTS, SHIPPED, find_codebook, load_codebook, merge
from nptlens.errors import UsageError
from nptlens.records import Codebook
from nptlens.resources import resource
from nptlens.safety.paths import inside, list_files
from nptlens.settings import Settings, default_settings, load_settings

STORE = ".nptlens"
RESULTS = "results"
LABELLED = "seeds_labelled.csv"
TOPIC_NAMES = "topic_names.csv"
SUMMARIES = "summaries.csv"
ANSWERS = "checklist_answers.csv"


@dataclass(frozen=True, slots=True)
class Study:
    """An opened study: its folder and its settings. Nothing is read until it is asked for."""

    root: Path
    settings: Settings

    @property
    def store(self) -> Path:
        """The folder of the ledger, the tables and the vectors."""
        return self.root / STORE

    @property
    def results(self) -> Path:
        """The folder of the reports."""
        return self.root / RESULTS

    def transcript_root(self) -> Path:
        """Return the folder (or file) of the transcripts; raises UsageError where a relative path leaves the study folder."""
        return self._located(self.settings.study.transcripts)

    def source_files(self) -> list[Path]:
        """Return every file among the transcripts, sorted."""
        return list_files(self.transcript_root())

    def participants_file(self) -> Path | None:
        """Return the participants sheet, None where there is none."""
        return self._usual(self.settings.study.participants, "participants.csv")

    def practices_file(self) -> Path | None:
        """Return the practices sheet, None where there is none."""
        return self._usual(self.settings.study.practices, "practices.csv")

    def projects_file(self) -> Path | None:
        """Return the register of projects, None where there is none."""
        return self._usual(self.settings.projects.file, "projects.csv")

    def project_values_file(self) -> Path | None:
        """Return the values that people gave the projects, None where there are none."""
        return self._usual(self.settings.projects.coded, "projects_coded.csv")

    def project_codebook_file(self) -> Path:
        """Return the file of the codebook that projects are coded with."""
        return find_codebook(self.settings.projects.codebook, self.root)

    def project_seed_files(self) -> list[Path]:
        """Return the seed tables of the projects' codebook: those named, else the shipped ones of a shipped codebook."""
        if self.settings.projects.seeds:
            return [self._named(name) for name in self.settings.projects.seeds]
        name = self.settings.projects.codebook
        shipped = resource("corpora", "seeds") / f"{name}.csv"
        return [shipped] if name in OF_PROJECTS and shipped.is_file() else []

    def codebook_files(self) -> list[Path]:
        """Return the files of the study's codebooks."""
        return [find_codebook(name, self.root) for name in self.settings.study.codebooks]

    def codebook(self) -> Codebook:
        """Return the study's codebooks as one."""
        return merge([load_codebook(path) for path in self.codebook_files()])

    def seed_files(self) -> list[Path]:
        """Return the seed tables: those named, else seeds.csv, else the shipped seeds of the shipped codebooks in use.

        Excerpts of the study's own that people labelled (`nptlens seeds import`) come beside any of these.
        """
        labelled = self.root / LABELLED
        found = self._given_seeds()
        return [*found, labelled] if labelled.is_file() and labelled not in found else found

    def _given_seeds(self) -> list[Path]:
        if self.settings.study.seeds:
            return [self._named(name) for name in self.settings.study.seeds]
        usual = self.root / "seeds.csv"
        if usual.is_file():
            return [usual]
        shipped = [resource("corpora", "seeds") / f"{name}.csv" for name in self.settings.study.codebooks if name in SHIPPED]
        found = [path for path in shipped if path.is_file()]
        return [*found, resource("corpora", "seeds", "none.csv")] if found else []

    def manual_files(self) -> list[Path]:
        """Return the manual codings: those named, else manual*.csv of the study folder."""
        if self.settings.study.manual:
            return [self._named(name) for name in self.settings.study.manual]
        return sorted(self.root.glob("manual*.csv"))

    def template_files(self) -> list[Path]:
        """Return the Word file whose styles the report takes, if the settings name one."""
        return [self._named(self.settings.report.template)] if self.settings.report.template else []

    def validation_file(self) -> Path | None:
        """Return the figures of the last validation, None where there are none."""
        path = self.results / "validation.json"
        return path if path.is_file() else None

    def summaries_file(self) -> Path | None:
        """Return the researcher's summaries for the framework matrix, None where there are none."""
        return self._usual("", SUMMARIES)

    def answers_file(self) -> Path | None:
        """Return the researcher's answers to the reporting checklists, None where there are none."""
        return self._usual("", ANSWERS)

    def topic_names_file(self) -> Path | None:
        """Return the names and merges of topics that people wrote, None where there are none."""
        path = self.root / TOPIC_NAMES
        return path if path.is_file() else None

    def _usual(self, named: str, usual: str) -> Path | None:
        if named:
            return self._named(named)
        path = self.root / usual
        return path if path.is_file() else None

    def _named(self, name: str) -> Path:
        path = self._located(name)
        if not path.is_file():
            raise UsageError(f"study.toml names {name}, which is not there", where=str(self.root), hint="correct study.toml")
        return path

    def _located(self, name: str) -> Path:
        """A full path is the user's own choice (a protected drive); a relative one must stay in the study folder."""
        path = Path(name).expanduser()
        return path if path.is_absolute() else inside(self.root, name)


def open_study(root: Path) -> Study:
    """Open the study in `root`; raises SettingsError where study.toml is missing or wrong."""
    return Study(root.resolve(), load_settings(root / "study.toml"))


def loose_study(root: Path) -> Study:
    """Treat any folder of transcripts (or one file) as a study with default settings."""
    settings = default_settings()
    folder = root.parent if root.is_file() else root
    study = settings.study.model_copy(update={"transcripts": root.name if root.is_file() else "."})
    return Study(folder.resolve(), settings.model_copy(update={"study": study}))

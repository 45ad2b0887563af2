"""A study on disk: study.toml names its parts, everything has a default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import UsageError
from nptlens.core.resources import resource
from nptlens.reading.codebooks import codebook_of_file
from nptlens.safety.paths import Sources, inside, list_sources, own_folder, plain_file, plain_files, printable_path
from nptlens.safety.tables import KINDS
from nptlens.schemas.codebook import OF_PROJECTS, SHIPPED, find_codebook, merge
from nptlens.schemas.records import Codebook
from nptlens.schemas.settings import Settings, default_settings, load_settings
from nptlens.store.outputs import kept_outputs

STORE = ".nptlens"
RESULTS = "results"
LABELLED = "seeds_labelled.csv"
TOPIC_NAMES = "topic_names.csv"
TRANSCRIPT_IDS = "transcripts.csv"
SUMMARIES = "summaries.csv"
ANSWERS = "checklist_answers.csv"
_UNREAD = (".xls", ".xlsb", ".xlsm", ".numbers", ".docx", ".doc", ".txt", ".json")  # in which people keep tables too


@dataclass(frozen=True, slots=True)
class Study:
    """An opened study: its folder and its settings. Nothing is read until it is asked for.

    `loose` is a folder of transcripts, or a file, that is no study: a table beside it that gives ids to transcripts is another's.
    """

    root: Path
    settings: Settings
    loose: bool = False

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

    def sources(self) -> Sources:
        """Return every file among the transcripts, and what else lies there and is not read."""
        return list_sources(self.transcript_root())

    def source_files(self) -> list[Path]:
        """Return every file among the transcripts, sorted."""
        return list(self.sources().files)

    def transcript_ids_file(self) -> Path | None:
        """Return the table that gives transcripts their ids, None where there is none, or where it lies among the transcripts."""
        return None if self.loose or self.transcript_root() == self.root else table_file(self.root, TRANSCRIPT_IDS)

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
        return self._codebook_file(self.settings.projects.codebook)

    def project_seed_files(self) -> list[Path]:
        """Return the seed tables of the projects' codebook: those named, else the shipped ones of a shipped codebook."""
        if self.settings.projects.seeds:
            return [self._named(name) for name in self.settings.projects.seeds]
        name = self.settings.projects.codebook
        shipped = resource("corpora", "seeds") / f"{name}.csv"
        return [shipped] if name in OF_PROJECTS and shipped.is_file() else []

    def codebook_files(self) -> list[Path]:
        """Return the files of the study's codebooks."""
        return [self._codebook_file(name) for name in self.settings.study.codebooks]

    def codebook(self) -> Codebook:
        """Return the study's codebooks as one."""
        return merge([codebook_of_file(path) for path in self.codebook_files()])

    def seed_files(self) -> list[Path]:
        """Return the seed tables: those named, else seeds.csv, else the shipped seeds of the shipped codebooks in use.

        Excerpts of the study's own that people labelled (`nptlens seeds import`) come beside any of these.
        """
        labelled = plain_file(self.root / LABELLED)
        found = self._given_seeds()
        return [*found, labelled] if labelled and labelled not in found else found

    def _given_seeds(self) -> list[Path]:
        if self.settings.study.seeds:
            return [self._named(name) for name in self.settings.study.seeds]
        usual = table_file(self.root, "seeds.csv")
        if usual:
            return [usual]
        shipped = [resource("corpora", "seeds") / f"{name}.csv" for name in self.settings.study.codebooks if name in SHIPPED]
        found = [path for path in shipped if path.is_file()]
        return [*found, resource("corpora", "seeds", "none.csv")] if found else []

    def manual_files(self) -> list[Path]:
        """Return the manual codings: those named, else manual*.csv of the study folder but what was kept when another took its place."""
        if self.settings.study.manual:
            return [self._named(name) for name in self.settings.study.manual]
        kept = kept_outputs(self.store)
        return [path for path in plain_files(self.root, "manual*.csv") if path.name not in kept]

    def memo_files(self) -> list[Path]:
        """Return what was noted about transcripts, as imports wrote it: memos*.csv of the study folder."""
        return plain_files(self.root, "memos*.csv")

    def template_files(self) -> list[Path]:
        """Return the Word file whose styles the report takes, if the settings name one."""
        return [self._named(self.settings.report.template)] if self.settings.report.template else []

    def validation_file(self) -> Path | None:
        """Return the figures of the last validation, None where there are none."""
        return plain_file(self.results / "validation.json")

    def summaries_file(self) -> Path | None:
        """Return the researcher's summaries for the framework matrix, None where there are none."""
        return plain_file(self.root / SUMMARIES)

    def answers_file(self) -> Path | None:
        """Return the researcher's answers to the reporting checklists, None where there are none."""
        return plain_file(self.root / ANSWERS)

    def topic_names_file(self) -> Path | None:
        """Return the names and merges of topics that people wrote, None where there are none."""
        return plain_file(self.root / TOPIC_NAMES)

    def _codebook_file(self, name: str) -> Path:
        if name not in SHIPPED + OF_PROJECTS:
            plain_file(self.root / name)
        return find_codebook(name, self.root)

    def _usual(self, named: str, usual: str) -> Path | None:
        """Return the file that study.toml names, else the table of the usual name, whatever its kind; two of them are an error."""
        return self._named(named) if named else table_file(self.root, usual)

    def _named(self, name: str) -> Path:
        path = self._located(name)
        if plain_file(path) is None:
            raise UsageError(f"study.toml names {name}, which is not there", where=str(self.root), hint="correct study.toml")
        return path

    def _located(self, name: str) -> Path:
        """A full path is the user's own choice (a protected drive); a relative one must stay in the study folder."""
        path = Path(name).expanduser()
        return path if path.is_absolute() else inside(self.root, name)


def table_file(root: Path, usual: str) -> Path | None:
    """Return the table of a study that is called as `usual`, of any kind and in any case (participants.csv, Participants.xlsx).

    None without one. Raises UsageError where there are two of them, since what one says would be left out without a word, and where
    there is one of a kind that cannot be read alone.
    """
    stem = Path(usual).stem
    there = sorted(path for path in root.iterdir() if path.stem.casefold() == stem) if root.is_dir() else []
    found = [path for path in there if path.suffix.lower() in KINDS and plain_file(path)]
    if len(found) > 1:
        names = " and ".join(printable_path(path.name) for path in found)
        raise UsageError(f"two tables for one thing: {names}", where=str(root), hint="keep one of them, and move the other elsewhere")
    unread = [printable_path(path.name) for path in there if path.suffix.lower() in _UNREAD]
    if unread and not found:
        raise UsageError(f"{unread[0]} is no table that is read", where=str(root), hint=f"save it as {stem}.xlsx or {stem}.csv")
    return found[0] if found else None


def open_study(root: Path) -> Study:
    """Open the study in `root`; raises SettingsError where study.toml is missing or wrong, UsageError where `root` is no folder of a study.

    Nothing else than folders may bear the names of the folders that nptlens makes there.
    """
    if root.is_file():
        raise UsageError("this is a file, not the folder of a study", where=printable_path(root), hint="name its folder")
    own_folder(root)
    if printable_path(root.resolve()) != str(root.resolve()):  # tables and databases are written by libraries that take text only
        raise UsageError("the path of the study is no text", where=printable_path(root), hint="give the folder another name")
    plain_file(root / "study.toml")
    settings = load_settings(root / "study.toml")
    study = Study(root.resolve(), settings)
    own_folder(study.store)
    own_folder(study.results)
    return study


def is_study(root: Path) -> bool:
    """Tell whether a folder has a study.toml; raises UsageError where the name is there and is no file that can be read."""
    return plain_file(root / "study.toml") is not None


def loose_study(root: Path) -> Study:
    """Treat any folder of transcripts (or one file) as a study with default settings."""
    settings = default_settings()
    folder = root.parent if root.is_file() else root
    study = settings.study.model_copy(update={"transcripts": root.name if root.is_file() else "."})
    return Study(folder.resolve(), settings.model_copy(update={"study": study}), loose=True)

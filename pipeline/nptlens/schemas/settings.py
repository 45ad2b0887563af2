"""Frozen settings over TOML: the shipped `config/default.toml`, then the study's `study.toml`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nptlens.core.close_names import meant, shown
from nptlens.core.errors import SettingsError
from nptlens.core.hints import command
from nptlens.core.resources import resource
from nptlens.schemas.report_formats import ReportFormat


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class StudySettings(_Section):
    """Where the study's parts lie, and the one random seed."""

    name: str
    transcripts: str
    participants: str
    practices: str
    codebooks: tuple[str, ...] = Field(strict=False, min_length=1)
    seeds: tuple[str, ...] = Field(strict=False)
    manual: tuple[str, ...] = Field(strict=False)
    seed: int = Field(ge=0, le=2**32 - 1)
    invented: bool
    threads: int = Field(ge=0)


class ReadingSettings(_Section):
    """How sources are read."""

    interviewers: tuple[str, ...] = Field(strict=False)
    max_megabytes: int = Field(ge=1)


class SegmentingSettings(_Section):
    """How utterances become segments; lengths in words."""

    unit: Literal["meaning", "utterance"]
    min_words: int = Field(ge=1)
    max_words: int = Field(ge=2)
    least_words: int = Field(ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> SegmentingSettings:
        if self.min_words > self.max_words:
            raise ValueError(f"min_words ({self.min_words}) must not exceed max_words ({self.max_words})")
        return self


class EmbeddingSettings(_Section):
    """Which encoder embeds the segments."""

    encoder: str = Field(min_length=1)
    backend: Literal["auto", "onnx", "int8", "torch", "static"]
    device: Literal["cpu", "cuda", "mps"]


class TopicSettings(_Section):
    """How topics are discovered."""

    method: Literal["auto", "small", "large", "bertopic", "off"]
    small_below: int = Field(ge=100)
    min_topic_size: int = Field(ge=0)
    neighbours: int = Field(ge=2)
    components: int = Field(ge=2)
    words: int = Field(ge=1)
    exemplars: int = Field(ge=1)
    stability_resamples: int = Field(ge=0)
    stability_reseeds: int = Field(ge=0)
    unstable_below: float = Field(ge=0, le=1)


class CodingSettings(_Section):
    """How the linear heads are trained and decide."""

    strength: float = Field(gt=0)
    folds: int = Field(ge=2)
    fewest_seeds: int = Field(ge=2)
    nearest: int = Field(ge=1)
    abstain_band: float = Field(ge=0, lt=0.5)
    taught_by: str
    hold_out: Literal["transcript", "practice"]


class AgreementSettings(_Section):
    """How codings are compared."""

    overlap: float = Field(gt=0, le=1)
    cluster: Literal["transcript", "participant", "practice"]
    resamples: int = Field(ge=0)
    interval: Literal["percentile", "expanded", "bca"]
    confidence: float = Field(gt=0, lt=1)


class SelectiveSettings(_Section):
    """What the machine must prove on manual coding before it may decide alone."""

    precision: float = Field(gt=0, lt=1)
    missed: float = Field(gt=0, lt=1)
    confidence: float = Field(gt=0.5, lt=1)
    coverage: float = Field(gt=0, le=1)
    spares: float = Field(gt=0, le=1)
    gold: str


class ValidationSettings(_Section):
    """How codings are validated."""

    width: float = Field(gt=0, le=2)
    tuned: tuple[str, ...] = Field(strict=False)
    learning_draws: int = Field(ge=1)


class SaturationSettings(_Section):
    """When an interview counts as bringing little that is new (Guest, Namey & Chen 2020)."""

    base: int = Field(ge=1)
    run: int = Field(ge=1)
    threshold: float = Field(ge=0, le=1)
    orders: int = Field(ge=1)


class ProjectSettings(_Section):
    """The register of projects around the interviews: where it lies, and what its values are compared by."""

    file: str
    coded: str
    codebook: str = Field(min_length=1)
    seeds: tuple[str, ...] = Field(strict=False)
    margin: float = Field(ge=0, lt=1)
    outcome: tuple[str, str] = Field(strict=False)
    all_of: tuple[str, ...] = Field(strict=False)
    any_of: tuple[str, ...] = Field(strict=False)


class ReportSettings(_Section):
    """What the report shows."""

    length: Literal["short", "full"] = "full"
    excerpts: int = Field(ge=1)
    short_excerpts: int = Field(ge=1, default=2)
    mismatches: int = Field(ge=0)
    all_excerpts: bool = True
    formats: tuple[Annotated[ReportFormat, Field(strict=False)], ...] = Field(strict=False)
    codes: tuple[str, ...] = Field(strict=False, default=())
    by: str = ""
    template: str = ""
    smallest_cell: int = Field(ge=0, default=0)
    most_quoted_words: int = Field(ge=0, default=0)

    def is_short(self) -> bool:
        """Tell whether the report says only what was found and how far to trust it."""
        return self.length == "short"

    def quoted(self) -> int:
        """Return how many excerpts of a code the report shows at most."""
        return self.short_excerpts if self.is_short() else self.excerpts


class Settings(_Section):
    """All settings of one study."""

    study: StudySettings
    reading: ReadingSettings
    segmenting: SegmentingSettings
    embedding: EmbeddingSettings
    topics: TopicSettings
    coding: CodingSettings
    agreement: AgreementSettings
    selective: SelectiveSettings
    validation: ValidationSettings
    saturation: SaturationSettings
    projects: ProjectSettings
    report: ReportSettings


def default_settings() -> Settings:
    """Return the shipped settings."""
    return _settings({}, "default.toml")


def load_settings(path: Path) -> Settings:
    """Return the settings of a study: the defaults overlaid with `path` (a study.toml).

    Raises SettingsError that lists every fault, with the nearest known key beside an unknown one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        own = tomllib.loads(text)
    except FileNotFoundError:
        hint = f"make a study there: {command('init', path.parent)}"
        raise SettingsError(f"no {path.name} here", where=str(path.parent), hint=hint) from None
    except OSError as error:
        raise SettingsError(f"cannot be opened: {error.strerror}", where=str(path), hint="check the file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not valid TOML: {error}", where=str(path), hint="TOML text needs quotes: name = \"x\"") from None
    return _settings(own, str(path), text)


def _settings(own: dict[str, Any], where: str, text: str = "") -> Settings:
    merged = tomllib.loads(resource("config", "default.toml").read_text(encoding="utf-8"))
    faults: list[str] = []
    for section, values in own.items():
        if section not in merged:
            faults.append(f"{_line(text, section)}unknown section [{section}]{meant(section, merged)}")
        elif not isinstance(values, dict):
            faults.append(f"{section} must be a section: [{section}]")
        else:
            faults += [
                f"{_line(text, section, key)}unknown key {section}.{key}{meant(key, merged[section])}"
                for key in values
                if key not in merged[section]
            ]
            merged[section] |= {key: value for key, value in values.items() if key in merged[section]}
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        faults += [
            _line(text, *map(str, each["loc"][:2])) + _wrong_value(each["loc"], each["msg"], each["input"]) for each in error.errors()
        ]
    if faults:
        raise SettingsError("; ".join(faults), where=where, hint="see config/default.toml for every setting")
    return settings


def _wrong_value(loc: tuple[int | str, ...], told: str, value: object) -> str:
    """Return what is wrong with a value: its key, the value itself, what it should be, and the nearest where that is one of several."""
    allowed = re.findall(r"'([^']*)'", told)
    close = meant(value, [each for each in allowed if each]) if isinstance(value, str) else ""
    given = f"; it is {shown(value)}{close}" if isinstance(value, str | int | float) else ""
    return f"{'.'.join(str(part) for part in loc)}: {told}{given}"


def _line(text: str, section: str, key: str = "") -> str:
    """Return "line N: " where a key of a section (or the section) stands in study.toml, "" where that cannot be told."""
    now = ""
    for number, line in enumerate(text.splitlines(), start=1):
        head = re.match(r"\s*\[+\s*([\w.-]+)", line)
        now = head[1] if head else now
        if now == section and (bool(head) if not key else re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line)):
            return f"line {number}: "
    return ""

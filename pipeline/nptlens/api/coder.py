"""From seeds and a codebook to a trained coder: an object that codes any texts, and can be saved and loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pydantic import ValidationError

from nptlens.api._errors import own_errors
from nptlens.api._saved import SavedCoder, read_saved, write_saved
from nptlens.api.study import read_codebook
from nptlens.coding import CrossFittedHeads, Excerpts, Scales, Workers, code, definition, load_cross_fitted, load_seeds, scales_of
from nptlens.coding import train_cross_fitted as train_heads
from nptlens.core.errors import IntegrityError, SeedError, SettingsError, UsageError
from nptlens.core.text import canonical
from nptlens.embedding import Encoder, EncoderCard, find_encoder, load_encoder
from nptlens.schemas.records import STANCES, Codebook, HeadCard, Problem, Seed
from nptlens.schemas.settings import CodingSettings, default_settings
from nptlens.schemas.tables import CODINGS, Column, Table, checked, empty

if TYPE_CHECKING:
    Progress = Callable[[int, int], None]

CODED_TEXTS = Table(
    "coded texts",
    (("text", Column("int64", least=0)), *((name, column) for name, column in CODINGS.columns if name != "segment_id")),
    ("text", "code"),
)
"""What `TrainedCoder.code` returns."""
_BLOCK = 4096  # texts whose vectors are held at a time


def _untold(done: int, total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainedCoder:
    """Trained heads with all that they need to code texts: `codebook`, `seeds`, the encoder.

    `problems` tell which codes have no head, and why.
    """

    codebook: Codebook
    seeds: tuple[Seed, ...] = field(repr=False)
    problems: tuple[Problem, ...]
    _heads: CrossFittedHeads = field(repr=False)
    _examples: Excerpts = field(repr=False)
    _scales: Scales = field(repr=False)
    _settings: CodingSettings = field(repr=False)
    _card: EncoderCard = field(repr=False)
    _encoder: Encoder = field(repr=False)

    def __repr__(self) -> str:
        return f"TrainedCoder({len(self.codes)} codes of {self.codebook.name}, {len(self.seeds)} seeds, {self.name})"

    @property
    def name(self) -> str:
        """The coder's name in tables: ``machine:`` and 12 digits of the sha256 of its parameters."""
        return f"machine:{self._heads.fingerprint()[:12]}"

    @property
    def codes(self) -> tuple[str, ...]:
        """The ids of the codes that have a head, in the codebook's order."""
        return self._heads.general.codes

    @property
    def cards(self) -> tuple[HeadCard, ...]:
        """Per code: the number of its seeds, the threshold (a probability), and F1 on seeds that were held out."""
        return self._heads.general.cards

    @own_errors()
    def code(self, texts: Iterable[str], *, progress: Progress = _untold) -> pd.DataFrame:
        """Return a table with a row per text and code: probability, decision, margin over the runner-up, nearest seeds, coder.

        Column `text` is the number of the text, from 0; codes stand in the codebook's order. `probability` and `margin` go from 0 to 1 and
        from -1 to 1. `decision` is assigned, not_assigned or, near the threshold, abstained. A code above others is at least as probable
        as they are. `progress` is called with the number of texts done and their total. Raises UsageError for a text that is
        empty or no string.
        """
        given = _texts(texts, "text")
        tables = []
        for start in range(0, len(given), _BLOCK):
            block = given[start : start + _BLOCK]
            tables.append(self._coded(block, start))
            progress(start + len(block), len(given))
        return pd.concat(tables, ignore_index=True) if tables else empty(CODED_TEXTS)

    def _coded(self, texts: Sequence[str], start: int) -> pd.DataFrame:
        numbers = [str(start + i) for i in range(len(texts))]
        table = code(
            Excerpts(tuple(texts), self._encoder.encode(texts)),
            pd.DataFrame({"segment_id": numbers, "transcript_id": ""}, dtype=object),
            self._heads,
            self.seeds,
            self._examples,
            self.codebook,
            self._settings,
        )
        return checked(CODED_TEXTS, table.assign(text=table["segment_id"].astype("int64")))

    @own_errors()
    def save(self, folder: Path | str) -> None:
        """Write the coder to `folder` as JSON and safetensors, from which `nptlens.load` makes it again to the last bit.

        They hold the words of the seeds and, where there was `talk`, the runs of 3 to 5 letters that stand in it, but no sentence of it:
        keep them as you keep the transcripts. The encoder is named, not copied. An earlier coder in the folder is replaced; raises
        UsageError where something else lies there.
        """
        write_saved(
            Path(folder),
            SavedCoder(
                encoder=self._card.name,
                encoder_digest=self._card.digest,
                settings=self._settings,
                codebook=self.codebook,
                seeds=self.seeds,
                cards=self.cards,
                problems=self.problems,
                heads=self._heads.to_bytes(),
                examples=self._examples,
                scales=self._scales,
            ),
        )


@own_errors()
def train(
    seeds: Sequence[Seed] | Path | str,
    codebook: Codebook | Path | str,
    *,
    talk: Iterable[str] = (),
    encoder: Path | str = "",
    settings: CodingSettings | Mapping[str, object] | None = None,
    random_seed: int | None = None,
    threads: int = 0,
) -> TrainedCoder:
    """Train a coder on labelled seeds: for each code with enough of them, a head that gives texts a probability of the code.

    `seeds` are a table (a file with the columns seed_id, text, codes) or Seed objects; `codebook` is what `read_codebook` takes or
    returns. With a study's seeds, codebook, settings and, as `talk`, the texts of its segments, the coder is that of `nptlens run`, unless
    a person's coding teaches there too.

    `talk` are excerpts such as will be coded, without any code. They tell how rare runs of letters are and how much the encoder's middle
    layers vary; and where at least 20 seeds have a group (they come from talk) and there are at least 50 excerpts, how rare the codes are
    in talk. Without it all this is taken from the seeds, which were picked because they carry codes: probabilities of rare codes come
    out too high, and too many excerpts are assigned.

    `encoder` is a name that nptlens knows or a folder of a model (the shipped one without it), `settings` values of the section
    ``[coding]`` of study.toml, `random_seed` an integer that decides the folds, `threads` the number of processors used (0: all); results
    do not depend on it. Raises SeedError and CodebookError for what is wrong with seeds and codebook, and where no code has enough seeds;
    UsageError for an empty excerpt; SettingsError for a wrong setting, and for an encoder that is not there.
    """
    shipped = default_settings()
    chosen = _settings(settings)
    book = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    given, problems = _seeds(seeds, book)
    excerpts = _texts(talk, "excerpt")
    card = find_encoder(str(encoder) or shipped.embedding.encoder, Path())
    loaded = load_encoder(card, threads=threads)
    texts = tuple(seed.text for seed in given)
    made = loaded.encode([*texts, *excerpts, *(definition(each) for each in book)])
    until = len(texts) + len(excerpts)
    examples, around = Excerpts(texts, made.part(0, len(texts))), Excerpts(tuple(excerpts), made.part(len(texts), until))
    heads = train_heads(
        examples,
        given,
        None,
        book,
        made.part(until, len(made)).vectors,
        around,
        chosen,
        seed=shipped.study.seed if random_seed is None else random_seed,
        transcripts=[""] * len(excerpts),
        workers=Workers(threads),
    )
    told = (*problems, *heads.general.problems)
    return TrainedCoder(book, given, told, heads, examples, scales_of(examples, around), chosen, card, loaded)


@own_errors()
def load(folder: Path | str, *, encoder: Path | str = "", threads: int = 0) -> TrainedCoder:
    """Return the trained coder that `TrainedCoder.save` wrote to `folder`.

    `encoder` says where its encoder lies, if not where it lay then. Raises UsageError where there is no coder, IntegrityError where a
    file was altered or the encoder is another one, SettingsError where the encoder is not on this machine.
    """
    folder = Path(folder)
    saved = read_saved(folder)
    card = find_encoder(str(encoder) or saved.encoder, Path())
    if card.digest != saved.encoder_digest:
        raise IntegrityError(f"the coder was trained with another encoder than {card.name}", where=str(folder), hint="train it again")
    heads = load_cross_fitted(saved.heads, saved.cards, None, saved.examples, saved.scales)
    loaded = load_encoder(card, threads=threads)
    return TrainedCoder(
        saved.codebook, saved.seeds, saved.problems, heads, saved.examples, saved.scales, saved.settings, card, loaded
    )


def _settings(given: CodingSettings | Mapping[str, object] | None) -> CodingSettings:
    if isinstance(given, CodingSettings):
        return given
    try:
        return CodingSettings.model_validate(default_settings().coding.model_dump() | dict(given or {}))
    except ValidationError as error:
        faults = "; ".join(f"coding.{each['loc'][0]}: {each['msg']}" for each in error.errors())
        raise SettingsError(faults, where="settings", hint="see [coding] in config/default.toml") from None


def _texts(texts: Iterable[str], what: str) -> list[str]:
    """Return texts in canonical form; raises UsageError for one that cannot be coded."""
    if isinstance(texts, str):
        raise UsageError("one string was given where a list of texts is wanted", hint="write [text]")
    found = []
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise UsageError(f"{what} {number} is no string ({type(text).__name__})", hint="leave it out")
        found.append(canonical(text).strip())
        if not found[-1]:
            raise UsageError(f"{what} {number} is empty", hint="leave it out")
    return found


def _seeds(given: Sequence[Seed] | Path | str, codebook: Codebook) -> tuple[tuple[Seed, ...], tuple[Problem, ...]]:
    """Return seeds by id, whatever their order was, and what must be told of them; raises SeedError where some are wrong."""
    if isinstance(given, str | Path):
        read = load_seeds([Path(given)], codebook)
        return read.seeds, read.problems
    found: dict[str, Seed] = {}
    faults = []
    for seed in given:
        text = canonical(seed.text).strip()
        unknown = [code for code in seed.codes if code not in codebook]
        if not seed.id or seed.id in found:
            faults.append(f"seed_id {seed.id!r} is empty or used twice")
        if not text:
            faults.append(f"seed {seed.id}: text is empty")
        if unknown:
            faults.append(f"seed {seed.id}: the codebook lacks {', '.join(unknown)}")
        if seed.stance not in ("", *STANCES):
            faults.append(f"seed {seed.id}: stance {seed.stance!r} is none of {', '.join(STANCES)}")
        found[seed.id] = Seed(seed.id, text, tuple(seed.codes), seed.stance, seed.note, seed.group)
    if faults:
        raise SeedError("; ".join(faults), hint="correct the seeds")
    return tuple(found[name] for name in sorted(found)), ()

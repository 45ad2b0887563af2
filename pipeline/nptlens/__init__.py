"""nptlens reads interview transcripts through a theory's lens: coded excerpts, topics, agreement, a report."""

from nptlens.core.version import __version__ as __version__
from nptlens.safety.network import go_offline

TYPE_CHECKING = False  # the name that type checkers know; typing itself would take a sixth of the time of this import
if TYPE_CHECKING:
    from nptlens.api.coder import TrainedCoder, load, train
    from nptlens.api.study import Study, open_study, read, read_codebook
    from nptlens.core.errors import (
        CodebookError,
        IntegrityError,
        LockedError,
        NoInputError,
        NptlensError,
        ReadingError,
        SeedError,
        SettingsError,
        StorageError,
        UsageError,
    )
    from nptlens.schemas.records import Code, Codebook, Seed

__all__ = [
    "Code",
    "Codebook",
    "CodebookError",
    "IntegrityError",
    "LockedError",
    "NoInputError",
    "NptlensError",
    "ReadingError",
    "Seed",
    "SeedError",
    "SettingsError",
    "StorageError",
    "Study",
    "TrainedCoder",
    "UsageError",
    "load",
    "open_study",
    "read",
    "read_codebook",
    "train",
]
_ELSEWHERE = {
    "nptlens.api.coder": {"TrainedCoder", "load", "train"},
    "nptlens.api.study": {"Study", "open_study", "read", "read_codebook"},
    "nptlens.schemas.records": {"Code", "Codebook", "Seed"},
}
"""Where the names lie that are imported when they are first asked for; all others are errors."""

go_offline()


if not TYPE_CHECKING:  # else a type checker would take any name for one of these

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'nptlens' has no attribute {name!r}")
        from importlib import import_module

        module = next((module for module, names in _ELSEWHERE.items() if name in names), "nptlens.core.errors")
        found = globals()[name] = getattr(import_module(module), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

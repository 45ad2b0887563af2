"""Which tool a database is from, by the names of its tables."""

from __future__ import annotations

from nptlens.core.errors import ReadingError
from nptlens.exchange import _qualcoder, _rqda, _taguette
from nptlens.exchange._sqlite import MAGIC, open_tables
from nptlens.exchange.project import ImportedProject

_KNOWN = (
    (_taguette.is_taguette, _taguette.project_of_taguette),
    (_qualcoder.is_qualcoder, _qualcoder.project_of_qualcoder),
    (_rqda.is_rqda, _rqda.project_of_rqda),
)


def read_database(data: bytes, *, where: str) -> ImportedProject:
    """Return the project of a Taguette, QualCoder or RQDA database (QualCoder's also zipped).

    Raises ReadingError where the tables are of none of them, or the database is damaged.
    """
    if not data.startswith(MAGIC):
        return _qualcoder.read_qualcoder(data, where=where)
    with open_tables(data, where=where) as tables:
        for fits, project_of in _KNOWN:
            if fits(tables):
                return project_of(tables, where=where)
    raise ReadingError("the database is of no tool that is known", where=where, hint="known are Taguette, QualCoder and RQDA")

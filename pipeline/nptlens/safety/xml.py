"""XML from strangers: no document type, no entity, no network."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError

if TYPE_CHECKING:
    from lxml import etree


def parse_xml(data: bytes, *, where: str) -> etree._Element:
    """Return the root element of an XML document; raises ReadingError for a DOCTYPE or what is not XML."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadingError("not well-formed XML", where=where, hint="save the file again") from error
    if root.getroottree().docinfo.doctype:
        raise ReadingError("the XML declares a document type, which is refused", where=where)
    return root


def iter_xml(data: bytes, tag: str, *, where: str) -> Iterator[etree._Element]:
    """Yield each element of that tag when it is complete, and forget it after; raises ReadingError as `parse_xml` does."""
    from lxml import etree

    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "remove_comments": True}
    try:
        for _, element in etree.iterparse(BytesIO(data), events=("end",), tag=tag, **options):
            if element.getroottree().docinfo.doctype:
                raise ReadingError("the XML declares a document type, which is refused", where=where)
            yield element
            element.clear(keep_tail=True)
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise ReadingError("not well-formed XML", where=where, hint="save the file again") from error

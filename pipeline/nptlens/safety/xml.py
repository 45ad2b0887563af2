"""XML from strangers: no document type, no entity, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nptlens.errors import ReadingError

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

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.safety.xml import parse_xml


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<a>words &amp; more</a>", "words & more"),
        ("<?xml version='1.0' encoding='utf-8'?><a>caf\u00e9</a>".encode(), "caf\u00e9"),
        ("<?xml version='1.0' encoding='utf-16'?><a>caf\u00e9</a>".encode("utf-16"), "caf\u00e9"),
        ("<?xml version='1.0' encoding='iso-8859-1'?><a>caf\u00e9</a>".encode("latin-1"), "caf\u00e9"),
        (b"\xef\xbb\xbf<a>x</a>", "x"),
        (b"<a>one<!-- hidden -->two</a>", "onetwo"),
        (b"<a><![CDATA[<!DOCTYPE a>]]></a>", "<!DOCTYPE a>"),
        (b"<a>&#233;</a>", "\u00e9"),
    ],
)
def test_good_xml(data, text):
    root = parse_xml(data, where="x.xml")
    assert (root.tag, root.text) == ("a", text)


@pytest.mark.parametrize("data", [b"", b"words", b"<a>", b"<a></b>", b"<a/><b/>", b"<a>&nbsp;</a>", b"\x00\x01", b"<a>\x00</a>", b"<a>\xff</a>"])
def test_what_is_no_xml(data):
    with pytest.raises(ReadingError, match="not well-formed XML") as caught:
        parse_xml(data, where="x.xml")
    assert caught.value.where == "x.xml"


LAUGHS = b"<!DOCTYPE a [<!ENTITY e0 'ha'>" + b"".join(b"<!ENTITY e%d '%s'>" % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 30)) + b"]>"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE a><a/>",
        b"<!DOCTYPE a SYSTEM 'http://example.org/a.dtd'><a/>",
        b"<!DOCTYPE a PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'x.dtd'><a/>",
        b"<!doctype a><a/>",
        b"<!DOCTYPE a [<!ENTITY e 'words'>]><a>&e;</a>",
        b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><a>&e;</a>",
        b"<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/hostname'> %p;]><a/>",
        b"<!DOCTYPE a [<!ATTLIST a b CDATA 'given'>]><a/>",
        LAUGHS + b"<a>&e29;</a>",
        LAUGHS + b"<a b='&e29;'/>",
        LAUGHS + b"<a/>",
        b"<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>",
        "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a><a/>".encode("utf-16"),
    ],
)
def test_document_types_are_refused(data):
    with pytest.raises(ReadingError, match=r"document type|not well-formed"):
        parse_xml(data, where="x.xml")


@pytest.mark.parametrize("content", ["the secret", "<unclosed", None])
def test_an_external_entity_is_not_read(tmp_path, content):
    """What the file holds, or that it is not there, would be another error if it were read."""
    secret = tmp_path / "secret.txt"
    if content is not None:
        secret.write_text(content)
    data = f"<!DOCTYPE a [<!ENTITY e SYSTEM '{secret.as_uri()}'>]><a>&e;</a>".encode()
    with pytest.raises(ReadingError, match="document type") as caught:
        parse_xml(data, where="x.xml")
    assert "secret" not in str(caught.value)


def test_an_external_document_type_is_not_loaded(tmp_path):
    """A broken DTD would be a syntax error if it were read; it must not even be opened."""
    data = f"<!DOCTYPE a SYSTEM '{(tmp_path / 'broken.dtd').as_uri()}'><a/>".encode()
    (tmp_path / "broken.dtd").write_text("<!ELEMENT")
    with pytest.raises(ReadingError, match="document type"):
        parse_xml(data, where="x.xml")


def test_inclusions_stay_elements():
    data = b"<a xmlns:x='http://www.w3.org/2001/XInclude'><x:include href='file:///etc/hostname' parse='text'/></a>"
    root = parse_xml(data, where="x.xml")
    assert len(root) == 1
    assert "".join(root.itertext()) == ""


def test_depth_is_limited():
    with pytest.raises(ReadingError):
        parse_xml(b"<a>" * 100_000 + b"</a>" * 100_000, where="x.xml")


@given(st.binary(max_size=40) | st.text("<a/>!DOCTYPE[]&; '\"", max_size=40).map(str.encode))
def test_noise_ends_in_a_reading_error_or_a_root(data):
    try:
        root = parse_xml(data, where="x.xml")
    except ReadingError:
        return
    assert not root.getroottree().docinfo.doctype

from __future__ import annotations

import io
import stat
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.safety.archives import ArchiveLimits, open_archive


def packed(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=compression)
    return out.getvalue()


def test_a_good_archive_opens():
    with open_archive(packed(("word/a.xml", b"<a/>"), ("b c.txt", b"")), where="x.docx") as archive:
        assert archive.read("word/a.xml") == b"<a/>"
        assert archive.namelist() == ["word/a.xml", "b c.txt"]


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04", b"not a zip at all", packed(("a", b"b"))[:-5]])
def test_what_is_no_archive(data):
    with pytest.raises(ReadingError, match="not a readable archive") as caught:
        open_archive(data, where="x.docx")
    assert caught.value.where == "x.docx"


@pytest.mark.parametrize(("members", "refused"), [(2, False), (3, False), (4, True)])
def test_number_of_members(members, refused):
    data = packed(*((str(number), b"x") for number in range(members)))
    limits = ArchiveLimits(members=3)
    if refused:
        with pytest.raises(ReadingError, match="4 members, more than 3"):
            open_archive(data, where="x", limits=limits)
    else:
        assert len(open_archive(data, where="x", limits=limits).infolist()) == members


@pytest.mark.parametrize(("sizes", "refused"), [((60, 40), False), ((60, 41), True), ((101,), True)])
def test_bytes_unpacked_are_counted_together(sizes, refused):
    data = packed(*((str(number), b"x" * size) for number, size in enumerate(sizes)))
    limits = ArchiveLimits(total_bytes=100)
    if refused:
        with pytest.raises(ReadingError, match="101 bytes, more than 100"):
            open_archive(data, where="x", limits=limits)
    else:
        open_archive(data, where="x", limits=limits)


def test_a_bomb_is_refused_and_small_members_may_pack_well():
    with pytest.raises(ReadingError, match="more than 200 to one"):
        open_archive(packed(("bomb", b"\0" * 2_000_000)), where="x")
    open_archive(packed(("small", b"\0" * 1_000_000)), where="x")
    open_archive(packed(("stored", b"\0" * 2_000_000), compression=zipfile.ZIP_STORED), where="x")
    open_archive(packed(("bomb", b"\0" * 2_000_000)), where="x", limits=ArchiveLimits(ratio=5_000))


def test_a_locked_member_is_refused():
    data = bytearray(packed(("word/a.xml", b"<a/>")))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ReadingError, match="locked with a password"):
        open_archive(bytes(data), where="x")


def test_a_directory_that_lies_about_a_size_unpacks_no_more_than_it_says():
    data = bytearray(packed(("a", b"\0" * 5_000_000)))
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = (100).to_bytes(4, "little")
    with open_archive(bytes(data), where="x") as archive, pytest.raises(zipfile.BadZipFile):
        archive.read("a")
    data[central + 16 : central + 20] = zlib.crc32(b"\0" * 100).to_bytes(4, "little")
    with open_archive(bytes(data), where="x") as archive:
        assert archive.read("a") == b"\0" * 100


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("../a", True),
        ("a/../../b", True),
        ("a/..", True),
        ("..", True),
        ("..\\a", True),
        ("a\\..\\b", True),
        ("/etc/passwd", True),
        ("\\\\host\\share", True),
        ("C:/a", True),
        ("C:a", True),
        ("a/b", False),
        ("a..b/c", False),
        ("...", False),
        (".hidden", False),
        ("[Content_Types].xml", False),
        ("caf\u00e9/\u4e2d.xml", False),
    ],
)
def test_names(name, refused):
    data = packed(("good", b""), (name, b"x"))
    if refused:
        with pytest.raises(ReadingError, match="leads out of the archive"):
            open_archive(data, where="x")
    else:
        assert name in open_archive(data, where="x").namelist()


@pytest.mark.parametrize(("mode", "refused"), [(stat.S_IFLNK | 0o777, True), (stat.S_IFREG | 0o644, False), (stat.S_IFDIR | 0o755, False), (0, False)])
def test_links(mode, refused):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        member = zipfile.ZipInfo("a")
        member.external_attr = mode << 16
        archive.writestr(member, "/etc/passwd")
    if refused:
        with pytest.raises(ReadingError, match="is a link"):
            open_archive(out.getvalue(), where="x")
    else:
        open_archive(out.getvalue(), where="x")


GOOD = packed(("a/b.xml", b"<a>words</a>" * 5), ("c", b"\xff" * 30), ("caf\u00e9", b""))


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, len(GOOD)))
def test_damage_ends_in_a_reading_error_or_an_archive_that_keeps_the_limits(changes, length):
    data = bytearray(GOOD)
    for place, byte in changes:
        data[place] = byte
    for broken in (bytes(data), bytes(data[:length])):
        try:
            archive = open_archive(broken, where="x")
        except ReadingError:
            continue
        assert sum(member.file_size for member in archive.infolist()) <= ArchiveLimits().total_bytes


def test_a_file_is_read_from_the_disk_and_closed_where_it_is_refused(tmp_path):
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("inside.txt", "words")
    with open_archive(path, where="x") as good:
        assert good.read("inside.txt") == b"words"
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("../outside.txt", "words")
    with pytest.raises(ReadingError, match="leads out") as caught:
        open_archive(path, where="x")
    refused = next(each.frame.f_locals["archive"] for each in caught.traceback if "archive" in each.frame.f_locals)
    assert refused.fp is None  # closed: what is open cannot be removed everywhere

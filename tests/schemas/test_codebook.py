from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import CodebookError
from nptlens.core.text import canonical
from nptlens.schemas.codebook import SHIPPED, find_codebook, load_codebook, merge
from nptlens.schemas.records import Code, Codebook, CodeLink

CONSTRUCTS = {"CO": "Coherence", "CP": "Cognitive participation", "CA": "Collective action", "RM": "Reflexive monitoring"}
COMPONENTS = {
    "CODI": ("differentiation", {"RMRE"}),
    "COCS": ("communal specification", {"COIS"}),
    "COIS": ("individual specification", {"COCS", "CASK"}),
    "COIN": ("internalization", {"RMIA"}),
    "CPIN": ("initiation", {"CPEN"}),
    "CPEN": ("enrolment", {"CPIN"}),
    "CPLE": ("legitimation", {"COIN"}),
    "CPAC": ("activation", {"RMRE"}),
    "CAIW": ("interactional workability", {"CACI"}),
    "CARI": ("relational integration", {"CAIW"}),
    "CASK": ("skill-set workability", {"COIS"}),
    "CACI": ("contextual integration", {"CASK"}),
    "RMSY": ("systematization", {"RMCO"}),
    "RMCO": ("communal appraisal", {"RMIA"}),
    "RMIA": ("individual appraisal", {"COIN", "RMCO"}),
    "RMRE": ("reconfiguration", {"CPAC", "CODI"}),
}
THEMES = {
    "F1": "Feeling in control",
    "F2": "Receiving enhanced service payment",
    "F3": "A senior staff member championing the approach",
    "F4": "A good practice\u2013coach relationship",
    "B1": "Improved working relationships between CCG and practice",
    "B2": "A more cohesive practice team",
    "B3": "Time to reflect",
}
LINKS = {
    ("F2", "CACI"),
    ("F3", "CPIN"),
    ("F4", "CARI"),
    ("F4", "CPEN"),
    ("F1", "COIN"),
    ("F1", "CPLE"),
    ("F1", "CAIW"),
    ("B1", "CARI"),
    ("B2", "CPAC"),
    ("B2", "CARI"),
    ("B3", "RMCO"),
    ("B3", "RMIA"),
}
CMO = {
    "Context": ["Strategic intentions", "Adaptive execution", "Negotiating capability", "Reframing organisational logics"],
    "Mechanism": ["Coherence building", "Cognitive participation", "Collective action", "Reflexive monitoring"],
    "Outcome": ["Intervention performance", "Relational restructuring", "Normative restructuring", "Sustainment"],
}


def shipped(name: str) -> Codebook:
    return load_codebook(find_codebook(name, Path("nowhere")))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_codes_are_complete(name):
    book = shipped(name)
    assert book.name == name
    assert re.fullmatch(r"\d+\.\d+\.\d+", book.version)
    for code in book:
        for field in ("name", "definition", "include", "exclude", "source"):
            text = getattr(code, field)
            assert text.strip(), (code.id, field)
            assert canonical(text) == text
        assert re.search(r"\b(19|20)\d\d\b", code.source), f"the source of {code.id} has no year"
    texts = [text for code in book for text in (code.definition, code.include, code.exclude)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_codes_speak_of_codes_that_exist(name):
    book = shipped(name)
    for code in book:
        named = set(re.findall(r"\b(?:[A-Z]{2}-[A-Z]{2}|[A-Z]{4}|[FB]\d|C[OPAX]|RM|ME|OU)\b", f"{code.include} {code.exclude}"))
        assert named <= set(book.ids()), code.id
        assert code.id not in named
        assert named, f"{code.id} names no neighbour"


def test_npt_has_four_constructs_with_four_components_each():
    book = shipped("npt")
    assert {code.id: code.name for code in book if code.parent is None} == CONSTRUCTS
    assert {code.id: code.name.lower() for code in book if code.parent} == {key: name for key, (name, _) in COMPONENTS.items()}
    for construct in CONSTRUCTS:
        children = book.children(construct)
        assert len(children) == 4
        assert all(code.id.startswith(construct) for code in children)
        assert all(book.ancestors(code.id) == (construct,) for code in children)
    assert len(book.codes) == 20


@pytest.mark.parametrize(("code_id", "neighbours"), [(key, near) for key, (_, near) in COMPONENTS.items()])
def test_npt_tells_a_component_from_its_neighbours(code_id, neighbours):
    exclude = shipped("npt").get(code_id).exclude
    assert neighbours <= set(re.findall(r"\b[A-Z]{4}\b", exclude))


def test_microsystems_has_four_facilitators_and_three_benefits():
    book = shipped("microsystems")
    assert {code.id: code.name for code in book} == THEMES
    assert all(code.parent is None for code in book)
    assert {(link.first, link.second) for link in book.links} == LINKS
    assert len(book.links) == len(LINKS)
    assert all("never enforced" in link.note for link in book.links)


def test_links_of_the_shipped_books_lead_to_codes():
    book = merge([shipped("npt"), shipped("microsystems")])
    assert all(link.first in book and link.second in book for link in book.links)


def test_npt_cmo_is_the_2022_manual():
    book = shipped("npt-cmo-2022")
    assert {code.name: [child.name for child in book.children(code.id)] for code in book if code.parent is None} == CMO


def test_all_shipped_books_can_be_used_together():
    books = [shipped(name) for name in SHIPPED]
    assert len(merge(books).codes) == 20 + 7 + 15


def test_find_own(tmp_path):
    for name in ("mine.toml", "mine.CSV", "mine.txt", "npt.toml"):
        (tmp_path / name).touch()
    assert find_codebook("mine.toml", tmp_path) == tmp_path / "mine.toml"
    assert find_codebook("mine.CSV", tmp_path) == tmp_path / "mine.CSV"
    assert find_codebook("npt.toml", tmp_path) == tmp_path / "npt.toml"
    assert find_codebook("npt", tmp_path).parent != tmp_path
    for name in ("mine.txt", "none.toml", "", "NPT"):
        with pytest.raises(CodebookError, match="no codebook") as caught:
            find_codebook(name, tmp_path)
        assert "npt-cmo-2022" in caught.value.hint


@pytest.fixture
def load(tmp_path):
    def load_(data: str | bytes, name: str = "own.toml") -> Codebook:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return load_codebook(path)

    return load_


def test_toml(load):
    book = load(
        'name = "n"\nversion = "2"\n[[code]]\nid = " A "\nname = "Cafe\u0301"\n'
        '[[code]]\nid = "B"\nname = "b"\ndefinition = "d"\ninclude = "i"\nexclude = "e"\nsource = "s"\nparent = "A"\n'
        '[[link]]\nfirst = "A"\nsecond = "X"\n'
    )
    assert book == Codebook("n", "2", (Code("A", "Caf\u00e9", ""), Code("B", "b", "d", "i", "e", "s", "A")), (CodeLink("A", "X"),))


def test_toml_without_name_takes_the_file_name(load):
    book = load('[[code]]\nid = "A"\nname = "a"\n', "mine.toml")
    assert (book.name, book.version, book.links) == ("mine", "", ())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv(load, end):
    rows = ["\ufeffid,name,definition,parent", 'A,"a, or so",,', "B,b,d,A"]
    book = load(end.join(rows), "own.CSV")
    assert book == Codebook("own", "", (Code("A", "a, or so", ""), Code("B", "b", "d", parent="A")))


HEAD = '[[code]]\nid = "A"\nname = "a"\n'
FAULTS = [
    ("", "it holds no code"),
    ("name = 'x'", "it holds no code"),
    ("[[code]]\nname = 'a'", "code 1 lacks an id or a name"),
    ("[[code]]\nid = 'A'", "code 1 lacks an id or a name"),
    ("[[code]]\nid = '  '\nname = 'a'", "code 1 lacks an id or a name"),
    ("[[code]]\nid = 'none'\nname = 'a'", "reserved"),
    ("[[code]]\nid = 'A;B'\nname = 'a'", "reserved"),
    (HEAD + HEAD, "A is defined twice"),
    (HEAD + "parent = 'Z'", "A: its parent 'Z' is not defined"),
    ("[[code]]\nid = 'TEAM'\nname = 'a'\n[[code]]\nid = 'B'\nname = 'b'\nparent = 'team'", "B: its parent 'team' is not defined (did you mean TEAM?)"),
    (HEAD + "defintion = 'x'", "code 1: unknown fields defintion (did you mean definition?)"),
    (HEAD + "parent = 'A'", "A is its own ancestor"),
    (HEAD + "parent = 'B'\n[[code]]\nid = 'B'\nname = 'b'\nparent = 'A'", "A is its own ancestor"),
    (HEAD + "colour = 'red'", "code 1: unknown fields colour"),
    (HEAD + "include = ['x', 'y']", "code 1: include must be text"),
    ("colour = 'red'\n" + HEAD, "unknown keys colour"),
    ("[code]\nid = 'A'\nname = 'a'", "code is not a list of tables"),
    ("code = 'A'", "code is not a list of tables"),
    ("code = ['A']", "code is not a list of tables"),
    (HEAD + "[[link]]\nfirst = 'A'", "link 1 lacks first or second"),
    (HEAD + "[link]\nfirst = 'A'\nsecond = 'A'", "link is not a list of tables"),
    ("[[code]\n", "cannot read"),
]


@pytest.mark.parametrize(("toml", "fault"), FAULTS, ids=[toml.replace("\n", " ") for toml, _ in FAULTS])
def test_toml_faults(load, toml, fault):
    with pytest.raises(CodebookError) as caught:
        load(toml)
    assert fault in caught.value.what
    assert caught.value.where.endswith("own.toml")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("id,name\n", "it holds no code"),
        ("", "it holds no code"),
        ("code,name\nA,a\n", "unknown fields code"),
        ("id,name\nA,a,more\n", "line 2: more cells than columns"),
        ('id,name\nA,"a\nB,b\n', "cannot read"),
        (b"id,name\nA,\x00\x01\n", "cannot read"),
        ("id,name\nA,a\nA,b\n", "A is defined twice"),
    ],
)
def test_csv_faults(load, data, fault):
    with pytest.raises(CodebookError, match=fault):
        load(data, "own.csv")


def test_every_fault_is_listed(load):
    with pytest.raises(CodebookError) as caught:
        load("[[code]]\nid = 'A'\nname = 'a'\nparent = 'Z'\n" * 2 + "[[code]]\nid = 'none'\nname = 'n'\n[[code]]\nname = 'x'\n")
    for part in ("parent 'Z'", "twice", "reserved", "code 4 lacks"):
        assert part in caught.value.what


def test_no_file(tmp_path):
    with pytest.raises(CodebookError, match="cannot read"):
        load_codebook(tmp_path / "own.toml")


def test_merge():
    first = Codebook("x", "1", (Code("A", "a", ""),), (CodeLink("A", "B"),))
    second = Codebook("y", "2", (Code("B", "b", "", parent=None),))
    assert merge([first, second]) == Codebook("x + y", "1 + 2", (*first.codes, *second.codes), first.links)
    assert merge([first]) == first
    with pytest.raises(CodebookError, match="A is defined twice"):
        merge([first, first])


@given(st.lists(st.sampled_from("ABCD") | st.none(), min_size=4, max_size=4))
def test_circles_are_found(parents):
    codes = tuple(Code(name, name, "", parent=parent) for name, parent in zip("ABCD", parents, strict=True))
    above = dict(zip("ABCD", parents, strict=True))

    def ends(name: str | None) -> bool:
        for _ in range(5):
            name = above[name] if name else None
        return name is None

    if all(ends(name) for name in "ABCD"):
        assert merge([Codebook("x", "", codes)]).codes == codes
    else:
        with pytest.raises(CodebookError, match="own ancestor"):
            merge([Codebook("x", "", codes)])

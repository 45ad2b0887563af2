"""The methods appendix: what was done in order, its limits, and the checklists filled with what the software knows."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from nptlens.reporting._agreement import is_machine
from nptlens.reporting._checklist_files import ChecklistFile, checklists
from nptlens.reporting._figures import Figures
from nptlens.reporting._index import Index
from nptlens.reporting._words import count, counted
from nptlens.schemas.records import Codebook

OPEN = "to be completed by the researcher"
TOLD = "[nptlens: "
"""How a line begins that stands below a person's answer and says what the software knows."""
NOTICE = "Items are worded briefly; read the published list beside them. What software cannot know is left to the researcher."


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `answer` is OPEN where the software knows nothing. `filled` says that it does."""

    number: str
    topic: str
    asks: str
    answer: str

    @property
    def filled(self) -> bool:
        """Tell whether the software has anything to say."""
        return self.answer != OPEN


@dataclass(frozen=True, slots=True)
class Checklist:
    """A reporting checklist, its source and its items in order."""

    name: str
    source: str
    notice: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Appendix:
    """The methods appendix."""

    steps: tuple[str, ...]
    limits: tuple[str, ...]
    checklists: tuple[Checklist, ...]


LIMITS = (
    "This is codebook (framework) analysis with themes set beforehand, not reflexive thematic analysis; COREQ and SRQR items that ask how "
    "themes grew are answered in that sense.",
    "A machine’s coding is a claim from likeness to examples. It does not know what was meant, only what similar words were coded as.",
    "Counts say how often something was said and coded in these transcripts, not how common it is among those who were not interviewed.",
    "That codes stand together, or differ between groups, is description: it shows no cause, and no benefit of one approach over another.",
    "Summaries, interpretation and every claim made from this report are the researcher’s.",
)


def appendix(index: Index, figures: Figures) -> Appendix:
    """Return the appendix of a study: nothing in it is guessed."""
    facts = _facts(index, figures)
    filled = tuple(Checklist(each.name, each.source, NOTICE, _filled(each, facts, index)) for each in checklists())
    return Appendix(_steps(index, facts), LIMITS, filled)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of a study, as parts of sentences: the names that the files of checklists may put in braces."""

    sample: str
    sheet: str
    coders: str
    tree: str
    derivation: str
    software: str
    processing: str
    quotations: str
    trust: str


def _filled(checklist: ChecklistFile, facts: _Facts, index: Index) -> tuple[Item, ...]:
    within = f"{facts.tree[0].lower()}{facts.tree[1:]}"  # the tree within a sentence
    known = asdict(facts) | {"tree_within": within, "open": OPEN, "Open": OPEN.capitalize()}
    own = index.inputs.answers
    return tuple(
        Item(item.number, item.topic, item.asks, _answer(own.get((checklist.name, item.number), ""), item.answer(known) or OPEN))
        for item in checklist.items
    )


def _answer(own: str, told: str) -> str:
    """Return the researcher's own answer first, and what the software knows below it, where the answer does not say it."""
    if not own:
        return told
    return own if told == OPEN or told in own else f"{own}\n{TOLD}{told}]"


def _facts(index: Index, figures: Figures) -> _Facts:
    inputs = index.inputs
    people = sorted({coding.coder for codings in index.manual.values() for coding in codings if not is_machine(coding.coder)})
    heads = len(inputs.heads)
    machine = f"a machine (one head for each of {counted(heads, 'code')})" if heads else "no machine"
    version = next((line.value for line in inputs.provenance if line.name == "nptlens"), "")
    roles = "; ".join(f"{tally.name} {count(tally.count)}" for tally in figures.roles)
    compared = ", ".join(sorted({f"{each.coder} with {each.against}" for each in inputs.agreement_summaries}))
    return _Facts(
        sample=f"{counted(figures.participants, 'participant')} heard in {counted(figures.transcripts, 'transcript')}, "
        f"{counted(figures.practices, 'practice')}, {count(figures.words)} words",
        sheet=f"By role: {roles or 'nobody was heard'}; {OPEN}: what else matters about them",
        coders=f"{counted(len(people), 'person', 'people')}{' (' + ', '.join(people) + ')' if people else ''} and {machine}",
        tree=_tree(inputs.codebook),
        derivation=f"From the codebook beforehand (deductive). {_topics(index)}",
        software=f"nptlens {version}".strip() + "; versions of its libraries stand under “How it was made”",
        processing=f"{counted(figures.segments, 'segment')} cut within turns; interviewers’ speech and other stretches set aside and "
        f"counted; speakers are shown by participant id, not by name. {OPEN.capitalize()}: transcription, storage, anonymisation",
        quotations=f"Yes: exact slices of the transcripts, each with participant id, role and place{_limits(index)}",
        trust=f"Agreement measured: {compared}" if compared else "No manual coding was compared with the machine’s",
    )


def _topics(index: Index) -> str:
    if index.inputs.topic_cards:
        return "Topics were also found from the data; they are a reading aid, not themes"
    return "No topics were sought or found"


def _limits(index: Index) -> str:
    words = index.inputs.settings.most_quoted_words
    return f"; at most {counted(words, 'word')} quoted of one participant" if words else ""


def _tree(codebook: Codebook) -> str:
    top = sum(code.parent is None for code in codebook)
    name = f"{codebook.name} {codebook.version}".strip()
    return f"Codebook {name}: {counted(len(codebook.codes), 'code')}, {count(top)} at the top; definitions and sources stand with each code"


def _steps(index: Index, facts: _Facts) -> tuple[str, ...]:
    inputs = index.inputs
    taught = inputs.taught_by
    teachers = counted(len(inputs.seeds), "seed example")
    if taught:
        teachers += f" and {counted(taught.excerpts, 'excerpt')} that {taught.coder} coded"
    topics = f"{count(len(inputs.topic_cards))} found without the codebook ({inputs.topic_method})"
    assigned, abstained = count(sum(map(len, index.assigned.values()))), count(sum(index.abstained.values()))
    aside = counted(len(inputs.set_aside), "stretch", "stretches")
    return (
        f"Read: {facts.sample}.",
        f"Cut: {counted(len(index.segments), 'segment')}; a segment never crosses a turn. {aside} set aside.",
        f"Topics: {'none were sought' if inputs.topic_method == 'off' else topics}.",
        f"Taught: {counted(len(inputs.heads), 'code')} of {count(len(inputs.codebook.codes))} by {teachers}.",
        f"Coded: each segment by each of these codes: {assigned} assigned, {abstained} abstained.",
        f"Compared: {facts.trust[0].lower()}{facts.trust[1:]}.",
        f"Judged the stance of {counted(len(inputs.stances), 'assigned coding')}.",
        f"Quoted up to {counted(inputs.settings.quoted(), 'excerpt')} of each code, chosen by rule: near the code’s centre and probable, "
        "unlike each other, spread over participants and practices.",
    )

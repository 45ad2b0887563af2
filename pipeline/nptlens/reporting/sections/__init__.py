"""The report, section by section, as one tree of content made from its view; every writer writes this tree."""

from __future__ import annotations

from dataclasses import replace

from nptlens.reporting._view import ReportView
from nptlens.reporting.content import Document, Paragraph, Section
from nptlens.reporting.sections._agreement import agreement, verdicts
from nptlens.reporting.sections._codes import codes
from nptlens.reporting.sections._findings import findings, left_out
from nptlens.reporting.sections._framework import framework
from nptlens.reporting.sections._method import abstentions, appendix, made, problems, set_aside
from nptlens.reporting.sections._study import practices, study
from nptlens.reporting.sections._topics import readings, topics

__all__ = ["document"]


_SHORT = ("findings", "codes", "agreement", "topics", "validated", "memos", "what", "figures", "problems", "made")


def document(view: ReportView) -> Document:
    """Return the whole report, or a short one; a section of pictures or of the fieldwork is left out where the study has nothing for it."""
    sections = (
        Section("findings", "Findings", tuple(findings(view))),
        Section("codes", "Codes", tuple(codes(view))),
        Section("practices", "Codes by practice", tuple(practices(view.matrix))),
        Section("agreement", "Agreement", tuple(agreement(view))),
        Section("verdicts", "What the machine may decide alone", tuple(verdicts(view.verdicts))),
        Section("topics", "Topics", tuple(topics(view))),
        Section("readings", "Three readings", tuple(readings(view))),
        Section("framework", "Framework matrix", tuple(framework(view.framework))),
        *(replace(section, look="around") for section in (*view.charts, *view.around)),
        Section("memos", "Memos", view.noted),
        Section("what", "What this is", tuple(map(Paragraph, view.method))),
        Section("figures", "The study in figures", tuple(study(view))),
        Section("abstentions", "Abstentions", tuple(abstentions(view))),
        Section("aside", "Set aside", tuple(set_aside(view))),
        Section("problems", "Problems", tuple(problems(view.problems, short=view.short))),
        Section("made", "How it was made", tuple(made(view))),
        Section("appendix", "Methods appendix", tuple(appendix(view.appendix))),
    )
    sections = tuple(each for each in sections if each.blocks)
    if view.short:
        kept = [each for each in sections if each.anchor in _SHORT or (each.anchor == "framework" and view.framework.summarised())]
        more = tuple(left_out([each for each in sections if each not in kept]))
        sections = (*kept, Section("more", "What the full report has besides", more))
    return Document(view.title, "Coded excerpts", view.codebook, view.notice, sections, brief=view.short)

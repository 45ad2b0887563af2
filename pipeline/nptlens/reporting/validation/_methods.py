"""The methods paragraphs with the numbers filled in, and the sources of what was computed."""

from __future__ import annotations

from nptlens.reporting._words import count, counted
from nptlens.reporting.content import Block, Heading, ItemList, Paragraph, Section
from nptlens.reporting.validation._shelf import FRAME_WORDS, Shelf

_NAMED = (
    (("kappa", "mean_kappa"), "Cohen’s kappa (Cohen 1960)"),
    (("alpha",), "Krippendorff’s alpha for nominal data (Krippendorff 2019)"),
    (("alpha_masi",), "Krippendorff’s alpha for sets of codes with the MASI distance (Passonneau 2006)"),
    (("ac1",), "Gwet’s AC1 (Gwet 2008)"),
    (("pabak",), "the prevalence- and bias-adjusted kappa, PABAK (Byrt, Bishop & Carlin 1993)"),
    (("fleiss_kappa",), "Fleiss’ kappa (Fleiss 1971)"),
    (("unitizing_alpha",), "unitizing alpha on characters (Krippendorff et al. 2016)"),
    (("gamma",), "gamma (Mathet, Widlöcher & Métivier 2015)"),
    (("precision", "recall", "f1", "macro_f1"), "precision, recall and F1"),
    (("average_precision", "macro_ap"), "average precision"),
    (("ece",), "the expected calibration error (Naeini, Cooper & Hauskrecht 2015)"),
)
_SOURCES = {
    "Cohen 1960": "Cohen J. A coefficient of agreement for nominal scales. Educational and Psychological Measurement 1960;20:37–46.",
    "Krippendorff 2019": "Krippendorff K. Content Analysis: An Introduction to Its Methodology. 4th ed. Sage, 2019.",
    "Passonneau 2006": "Passonneau R. Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation. "
    "LREC 2006:831–836.",
    "Gwet 2008": "Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement. British Journal of "
    "Mathematical and Statistical Psychology 2008;61:29–48.",
    "Byrt": "Byrt T, Bishop J, Carlin JB. Bias, prevalence and kappa. Journal of Clinical Epidemiology 1993;46:423–429.",
    "Fleiss 1971": "Fleiss JL. Measuring nominal scale agreement among many raters. Psychological Bulletin 1971;76:378–382.",
    "Krippendorff et al. 2016": "Krippendorff K, Mathet Y, Bouvry S, Widlöcher A. On the reliability of unitizing textual continua: "
    "further developments. Quality & Quantity 2016;50:2347–2364.",
    "Métivier": "Mathet Y, Widlöcher A, Métivier J-P. The unified and holistic method gamma (γ) for inter-annotator agreement measure and "
    "alignment. Computational Linguistics 2015;41:437–479.",
    "Naeini": "Naeini MP, Cooper GF, Hauskrecht M. Obtaining well calibrated probabilities using Bayesian binning. AAAI 2015:2901–2907.",
    "Davison": "Davison AC, Hinkley DV. Bootstrap Methods and their Application. Cambridge University Press, 1997.",
    "Efron 1987": "Efron B. Better bootstrap confidence intervals. Journal of the American Statistical Association 1987;82:171–185.",
    "Hesterberg": "Hesterberg TC. What teachers should know about the bootstrap: resampling in the undergraduate statistics curriculum. "
    "The American Statistician 2015;69:371–386.",
    "Särndal": "Särndal CE, Swensson B, Wretman J. Model Assisted Survey Sampling. Springer, 1992.",
    "Angelopoulos": "Angelopoulos AN, Bates S, Fannjiang C, Jordan MI, Zrnic T. Prediction-powered inference. Science 2023;382:669–674.",
    "Guest": "Guest G, Namey E, Chen M. A simple method to assess and report thematic saturation in qualitative research. PLoS ONE "
    "2020;15:e0232076.",
}


def methods(shelf: Shelf) -> Section:
    """Return paragraphs that a paper can take over, and the list of sources they name."""
    if not shelf.figures:
        return Section("methods", "Methods paragraph", (Paragraph("Nothing was compared, so there is nothing to report."),))
    paragraphs = [
        part for part in (_who(shelf), _units(shelf), _coefficients(shelf), _intervals(shelf), _machine(shelf), _more(shelf)) if part
    ]
    text = " ".join(paragraphs)
    blocks: list[Block] = [
        Paragraph("For the methods section of a paper; check it against what was done, above all how the people coded.", "note"),
        *(Paragraph(each) for each in paragraphs),
        Heading("Sources"),
        ItemList(tuple(source for key, source in _SOURCES.items() if key in text)),
    ]
    return Section("methods", "Methods paragraph", tuple(blocks))


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _who(shelf: Shelf) -> str:
    coders = shelf.validation.coders
    people = [shelf.who(each) for each in coders if not each.startswith(("machine", "baseline"))]
    machines = sum(each.startswith("machine") for each in coders)
    if not people and not machines:
        return ""
    parts = []
    if people:
        parts.append(f"{counted(len(people), 'person', 'people')} ({_listed(people)})")
    if machines:
        parts.append("the machine" if machines == 1 else f"{machines} machines")
    codebook = f"{shelf.codebook.name} {shelf.codebook.version}".strip()
    return (
        f"Coding with the codebook {codebook} ({counted(len(shelf.codebook.codes), 'code')}) by {' and '.join(parts)} was compared on "
        f"{counted(shelf.validation.transcripts, 'transcript')}."
    )


def _units(shelf: Shelf) -> str:
    part = f"{100 * shelf.validation.overlap:.3g}%"
    text = (
        "The unit of comparison was the segment of participants’ speech; interviewers’ speech was not coded. A stretch marked by a "
        f"person coded a segment where the two shared at least {part} of the shorter one."
    )
    frames = {
        (figure.coder, figure.against): figure
        for figure in shelf.figures
        if figure.level == "which" and figure.scope == "overall" and figure.frame == "all"
    }
    told = [
        f"{shelf.against(pair)}: {count(one.n)} units in {counted(one.clusters, shelf.validation.cluster)}, {count(one.uncoded)} of "
        f"them coded by {'neither' if one.against else 'nobody'}"
        for pair, one in frames.items()
    ]
    if told:
        text += f" The frame was {FRAME_WORDS['all']} ({'; '.join(told)})."
        text += " Figures that leave out uncoded units are given beside those that keep them."
    return text


def _coefficients(shelf: Shelf) -> str:
    used = {figure.statistic for figure in (*shelf.figures, *shelf.baselines)}
    named = [words for statistics, words in _NAMED if used & set(statistics)]
    return f"We report {_listed(named)}." if named else ""


def _intervals(shelf: Shelf) -> str:
    validation = shelf.validation
    if not validation.resamples:
        return ""
    sources = {"bca": "Efron 1987", "expanded": "Hesterberg 2015"}
    source = sources.get(validation.interval.lower(), "Davison & Hinkley 1997")
    return (
        f"Intervals are {100 * validation.confidence:.3g}% {shelf.interval_method()} bootstrap intervals ({source}) from "
        f"{count(validation.resamples)} resamples of whole {validation.cluster}s; differences were taken within each resample."
    )


def _machine(shelf: Shelf) -> str:
    parts = []
    for each in shelf.validation.trained:
        who = shelf.who(each.coder)
        text = f"{who[:1].upper()}{who[1:]} was taught by {each.taught_by}."
        if each.left_out:
            text += (
                f" When a {each.left_out} was coded, nobody's coding of it had taught the machine or set its thresholds "
                f"(whole {each.left_out}s were held out, in {counted(each.folds, 'fold')})."
            )
        if each.tuned:
            text += f" Settings had been chosen on {_listed(list(each.tuned))}; figures on these data flatter the machine and are marked †."
        parts.append(text)
    return " ".join(parts)


def _more(shelf: Shelf) -> str:
    parts = []
    if not shelf.validation.prevalence.empty:
        parts.append(
            "Prevalence was corrected for the machine’s errors as measured on the units that a person had coded too, by the difference "
            "estimator of survey sampling (Särndal, Swensson & Wretman 1992; prediction-powered inference, Angelopoulos et al. 2023)."
        )
    seen = dict.fromkeys((each.orders, each.base, each.run, each.threshold) for each in shelf.validation.saturation_summaries)
    parts += [
        f"New information by interview was computed over {counted(orders, 'random order')} of the interviews (base {base}, run {run}, "
        f"threshold {100 * threshold:.3g}%; Guest, Namey & Chen 2020)."
        for orders, base, run, threshold in seen
    ]
    return " ".join(parts)

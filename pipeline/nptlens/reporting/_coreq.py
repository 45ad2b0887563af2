"""The items of COREQ and SRQR, in our words: (number, topic, what is asked).

COREQ: Tong, Sainsbury & Craig 2007, Int J Qual Health Care 19:349. SRQR: O'Brien et al. 2014, Acad Med 89:1245.
"""

from __future__ import annotations

Items = tuple[tuple[str, str, str], ...]

COREQ: Items = (
    ("1", "Interviewer", "Who held the interviews or groups?"),
    ("2", "Credentials", "Their degrees"),
    ("3", "Occupation", "Their work at the time"),
    ("4", "Gender", "Their gender"),
    ("5", "Experience", "Their training in such research"),
    ("6", "Relationship", "Did they know participants beforehand?"),
    ("7", "What participants knew", "What participants were told of the researcher and the reasons"),
    ("8", "Interviewer’s stance", "Assumptions and interests of the interviewer"),
    ("9", "Orientation and theory", "The methodology behind the study"),
    ("10", "Sampling", "How participants were selected"),
    ("11", "Approach", "How they were asked to take part"),
    ("12", "Sample size", "How many took part"),
    ("13", "Non-participation", "How many refused or left, and why"),
    ("14", "Setting", "Where data were collected"),
    ("15", "Others present", "Who else was there"),
    ("16", "Description of the sample", "What matters about participants"),
    ("17", "Guide", "Questions and prompts; were they piloted?"),
    ("18", "Repeat interviews", "How many, if any"),
    ("19", "Recording", "Sound or pictures"),
    ("20", "Field notes", "Were notes made?"),
    ("21", "Duration", "How long it took"),
    ("22", "Saturation", "Was it considered?"),
    ("23", "Transcripts returned", "Did participants see or correct them?"),
    ("24", "Number of coders", "How many coded the data"),
    ("25", "Coding tree", "Is it described?"),
    ("26", "Derivation of themes", "From theory beforehand, or from the data"),
    ("27", "Software", "What was used to handle the data"),
    ("28", "Participant checking", "Did participants comment on findings?"),
    ("29", "Quotations", "Are findings illustrated, each with a participant’s id?"),
    ("30", "Data and findings", "Do findings follow from the data shown?"),
    ("31", "Major themes", "Are they clear?"),
    ("32", "Minor themes", "Are diverse cases and minor themes discussed?"),
)
SRQR: Items = (
    ("1", "Title", "Names the study and its qualitative approach"),
    ("2", "Abstract", "Sums up the study"),
    ("3", "Problem", "What is known and what is missing"),
    ("4", "Purpose", "The aim or question"),
    ("5", "Approach and paradigm", "The qualitative approach, guiding theory, and reasons"),
    ("6", "Researchers", "Who they are, and how that bears on the study"),
    ("7", "Context", "Where the study took place"),
    ("8", "Sampling", "How participants and events were chosen, and when sampling stopped"),
    ("9", "Ethics", "Approval, consent, confidentiality"),
    ("10", "Data collection", "Which data, how and when"),
    ("11", "Instruments", "Guides and devices, and how they changed"),
    ("12", "Units of study", "Number and character of participants, documents, events"),
    ("13", "Data processing", "Transcription, management, security, anonymisation"),
    ("14", "Data analysis", "How codes and themes came about, and by whom"),
    ("15", "Trustworthiness", "What was done to make the analysis credible"),
    ("16", "Synthesis", "Main findings and how they are interpreted"),
    ("17", "Evidence", "Quotations and excerpts behind the findings"),
    ("18", "Earlier work", "How findings bear on theory and earlier studies"),
    ("19", "Limitations", "How far findings can be trusted and carried over"),
    ("20", "Conflicts of interest", "What could have swayed the study"),
    ("21", "Funding", "Who paid, and what part they had"),
)

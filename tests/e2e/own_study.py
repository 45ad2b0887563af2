"""A study as a newcomer brings it: six invented interviews, a codebook and seeds of one's own, and a person's reading of each answer."""

from __future__ import annotations

from pathlib import Path

_PEOPLE = {
    "W1": "Asha Rowe", "W2": "Ben Oduya", "W3": "Carla Vint", "W4": "Dan Mirza", "W5": "Edith Sommer", "W6": "Fay Lindqvist",
}  # fmt: skip
_QUESTIONS = (
    "How do you share the allotment with the others?",
    "And what does it cost you?",
    "What about the rules of the site?",
    "How was the weather for you this year?",
    "Is there anything you would change?",
)
# The answers to the five questions, each with the codes that a reader gives it.
_ANSWERS = {
    "W1": (
        ("We water each other's beds when one of us is away, and on Saturdays the neighbours dig together and share the tea.", "HELP"),
        ("The rent went up twice, and I paid more for the seeds and the fence than I ever saved on vegetables.", "MONEY"),
        ("There is a rule for the height of the shed and another one for the colour, and the committee measures both.", "RULES"),
        ("It rained through the whole of May and then the beans stood in the sun for weeks without a drop.", "none"),
        ("The committee should lower the rent for those of us who help the others with their digging.", "HELP; MONEY"),
    ),
    "W2": (
        ("Nobody helped me in the first year, I dug the whole plot on my own and the neighbours only looked over.", "HELP"),
        ("It costs me less than the bus to the shops, so I cannot say that money was ever a worry to me.", "MONEY"),
        ("The rules were written by people who never held a spade, and every spring they send a longer list.", "RULES"),
        ("The frost took the blossom in April and after that the plums never came back the way they used to.", "none"),
        ("I would throw out half of the rules and the fines, they make people afraid of their own garden.", "RULES"),
    ),
    "W3": (
        ("My neighbour showed me how to prune, and I lend her the barrow, we have always helped each other out.", "HELP"),
        ("I spend forty pounds on manure each year and the water bill is shared among all of us on the lane.", "MONEY"),
        ("You may not light a fire before six, you may not keep hens, and the gate has to be locked at nine.", "RULES"),
        ("My grandmother had a garden by the river and I remember the smell of the mint after a storm.", "none"),
        ("A bench under the old pear tree would be lovely, where one can sit in the evening and look at it all.", "none"),
    ),
    "W4": (
        ("The young ones carry the compost for me since my hip was done, they come without being asked.", "HELP"),
        ("If the price of the plot rises once more I will have to give it up, my pension does not stretch.", "MONEY"),
        ("I was fined for a hose, a hose, because the rules say that nobody waters before the evening.", "RULES; MONEY"),
        ("The heat was too much for me in July, so I sat in the shade and listened to the radio.", "none"),
        ("I would like the old waiting list back, it was a fair rule and everybody understood it.", "RULES"),
    ),
    "W5": (
        ("We have a rota, two of us open the water in the morning and two lend a hand with whatever is heavy.", "HELP"),
        ("We collect a pound a week in a jar, and it paid for the mower and the new lock on the gate.", "MONEY; HELP"),
        ("The committee lets you do what you like as long as the path is clear, I hardly notice any rules.", "RULES"),
        ("The slugs were worse than the rain, I went out with a torch at night and picked them one by one.", "none"),
        ("Perhaps a second tap, because the queue in the evening is long and people get cross with each other.", "none"),
    ),
    "W6": (
        ("I gave half my potatoes to the family next door, and they mended my greenhouse in return.", "HELP"),
        ("The grant from the council paid for the paths, and when it ended we could not afford the gravel.", "MONEY"),
        ("They changed the rules on sheds in the middle of the year and some had to take theirs down again.", "RULES"),
        ("The autumn was golden this time, I have never seen the maples at the far end so red.", "none"),
        ("I would ask the older members to teach the beginners, one hour each month would be enough.", "HELP"),
    ),
}  # fmt: skip
_SEEDS = {
    "HELP": (
        "She dug my beds when I was ill.", "We lend each other our tools.", "The neighbours came and helped me with the hedge.",
        "People on the lane work together on Sundays.", "He taught me how to sow.", "Nobody gave me a hand.",
        "We take turns with the watering.", "I share what I grow with the others.",
    ),
    "MONEY": (
        "The rent is too high for me.", "I paid a lot for the tools.", "It costs next to nothing.", "The council gave us a grant.",
        "We could not afford a pump.", "My pension is too small for it.", "The water bill went up again.", "We put money into a jar.",
    ),
    "RULES": (
        "The committee forbids bonfires.", "You are not allowed to build here.", "They fined her for a fence.",
        "The rules change every year.", "It says in the contract how high a hedge may be.", "Nobody may keep bees.",
        "The gate must be locked at night.", "There are hardly any rules.",
    ),
    "none": (
        "The roses were late.", "I like to hear the birds in the morning.", "We had snow until March.", "My son lives in Leeds.",
        "It was so hot that I slept outside.", "The view over the hills is fine.", "I drink my coffee there.", "The pears were sweet.",
    ),
}  # fmt: skip
_CODEBOOK = """id,name,definition
HELP,Helping each other,"People lend a hand, share things, teach or work together, or miss it."
MONEY,What it costs,"Rent, prices, fines, grants and what people can or cannot afford."
RULES,Rules of the site,"What the committee or the contract allows, forbids or punishes."
"""
_SETTINGS = """[study]
name = "The allotments"
codebooks = ["codebook.csv"]
invented = true
[topics]
stability_resamples = 2
stability_reseeds = 0
"""

TRANSCRIPTS = len(_PEOPLE)
"""Interviews of ten turns each."""


def write_study(root: Path) -> Path:
    """Write the study's files and return its folder; `nptlens init` may have made it."""
    (root / "transcripts").mkdir(parents=True, exist_ok=True)
    for name, answers in _ANSWERS.items():
        turns = [f"Interviewer: {asked}\n{_PEOPLE[name]}: {said}\n" for asked, (said, _) in zip(_QUESTIONS, answers, strict=True)]
        (root / "transcripts" / f"{name}.txt").write_text("".join(turns), encoding="utf-8")
    people = [f"{name},{person},member\n" for name, person in _PEOPLE.items()]
    files = {
        "study.toml": _SETTINGS,
        "codebook.csv": _CODEBOOK,
        "participants.csv": "participant,labels,role\nINT,Interviewer,interviewer\n" + "".join(people),
        "seeds.csv": "seed_id,text,codes,stance\n" + "".join(_seeds()),
    }
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def _seeds() -> list[str]:
    return [
        f'{code}-{number},"{text}",{code},{"asserted" if code != "none" else ""}\n'
        for code, texts in _SEEDS.items()
        for number, text in enumerate(texts, start=1)
    ]


def codes_read(excerpt: str) -> str:
    """Return the codes that a reader gives an excerpt, as a cell of a sheet."""
    return next(codes for answers in _ANSWERS.values() for said, codes in answers if excerpt.strip() in said)

"""Texts on which a backend must give what PyTorch gives. Invented; their lengths run from one word to more than an encoder reads."""

TEXTS = (
    "Yes.",
    "No, not really.",
    "I mean, it was fine.",
    "Who did it first? Well, the nurses did.",
    "We met every Tuesday at half past twelve, in the kitchen, because nobody had anywhere else to sit down.",
    "It costs £12.50 a head; that’s 3/4 of what we had — “nothing”, in other words …",
    "Zoë and Dr Łukasz Ñandú-O’Brien weren't convinced at first, were they?",
    "If they had asked us before, we would have told them that the old form never worked for repeat prescriptions.",
    "The coach left, the list of jobs stayed on the wall, and after a month or two somebody quietly took it down again.",
    "Um, so, er, I think what I'm trying to say is that it isn't that people were against it, it's that they didn't, you know, "
    "see what was in it for them until the first patient said thank you.",
    "URGENT!!! blood results x17, 2WW referral, ECG, HbA1c = 48 mmol/mol, BP 140/90, eGFR<60",
    "supercalifragilisticexpialidocious antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "😀 naïve café coöperate 東京 привет",
    "It made a difference to the reception team. They say so themselves, and the waiting times say so too. What it did not do is "
    "change how the partners talk to each other, and as long as that stays the same I do not see how anything that we built will "
    "still be here in two years, when the funding is gone and the three of us who carried it have moved on to other practices.",
    "measuring and meeting and measuring again " * 30,
    "and then we started over, from the beginning, with a smaller problem " * 40,
)

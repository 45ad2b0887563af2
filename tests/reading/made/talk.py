"""Invented talk: a seed into sentences, in each of which words stand that occur nowhere else in the file."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from itertools import product

STAGE = frozenset("laughs coughs pause inaudible crosstalk lacht unverständlich".split())  # may count as said or not, by the tool's choice

_LATIN = ["".join(pair) for pair in product("bcdfgklmnprstvz", "aeiou")]
_SYLLABLES = {
    "hebrew": ["".join(pair) for pair in product("אבגדהזחטלמנסעפצ", "וירשת")],
    "arabic": ["".join(pair) for pair in product("بتجحدرسشصطعفقكل", "اوينم")],
    "russian": ["".join(pair) for pair in product("бвгджзклмнпрстф", "аеиоу")],
    "greek": ["".join(pair) for pair in product("βγδζθκλμνξπρστφ", "αειου")],
    "hindi": ["".join(pair) for pair in product("कखगचजटडतदनपबमरल", "ािीुे")],
    "korean": list("가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후그느드르므브스으즈츠크트프흐기니디리미"),
    "chinese": list("山水火木金土日月星云雨风雪花草鸟鱼马牛羊门窗灯桌椅书笔纸红黄蓝绿白黑东西南北春夏秋冬早午晚夜城村路桥河湖海岛田园米茶盐糖油布丝线针船车轮石沙玉铁铜银"),
    "japanese": list("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワガギグゲゴザジズゼゾダデドバビブベボパピプペポキャ")[:75],
}

_QUESTIONS = {
    "english": ("How did the {w} begin?", "And who looked after the {w}?", "What would you change about the {w}?", "You mentioned the {w}: what was that like?", "Why {w}, and why then?", "When did you first see the {w}?", "Could you say more about that {w} and the {w}?", "So the {w} came before the {w}?", "Was it {n} or more?", "Okay. And the {w}?"),
    "german": ("Wie begann die {w}?", "Und wer hat auf die {w} geachtet?", "Was würden Sie an der {w} ändern?", "Sie erwähnten die {w}: Wie war das für Sie?", "Warum gerade {w}?", "Und dann, nach der {w}?"),
    "french": ("Comment la {w} a-t-elle commencé ?", "Et qui a gardé la {w} ?", "Vous avez parlé de la {w} : pourquoi ?", "Qu’est-ce que vous changeriez à la {w} ?"),
    "spanish": ("¿Cómo empezó la {w}?", "¿Y quién cuidaba la {w}?", "¿Qué cambiaría de la {w}?", "¿Por qué la {w} y no la {w}?"),
    "dutch": ("Hoe begon de {w}?", "En wie lette op de {w}?", "Wat zou u aan de {w} veranderen?"),
    "hebrew": ("איך התחילה {w}?", "ומי שמר על {w}?"),
    "arabic": ("كيف بدأت {w}؟", "ومن كان مع {w}؟"),
    "russian": ("Как началась {w}?", "А кто следил за {w}?"),
    "greek": ("Πώς άρχισε η {w};", "Και ποιος κρατούσε τη {w};"),
    "hindi": ("{w} कैसे शुरू हुई?", "और {w} कौन देखता था?"),
    "korean": ("{w} 어떻게 시작했나요?", "그리고 {w} 누가 했나요?"),
    "chinese": ("{w}是怎么开始的？", "那么谁负责{w}？"),
    "japanese": ("{w}はどう始まりましたか。", "そして{w}は誰がしましたか。"),
}

_ANSWERS = {
    "english": (
        "We kept the {w} beside the {w}.",
        "I never liked the {w}, to be honest, but the {w} was worse.",
        "She came in and she said: no, not the {w}.",
        "After {n} weeks nobody needed the {w} any more.",
        "It was about 10:30 when the {w} rang, or the {w} did.",
        "The {w} – and I mean the whole {w} – was gone by the spring.",
        "My {w} used to tell me: mind the {w}.",
        "With {w} there were three things: the {w}, the {w}, and the {w}.",
        "That {w} was {n} pounds; I paid {n}.",
        "Well, it depends on the {w}.",
        "I told {name} about the {w} and nothing came of it.",
        "Dr. {W} wrote \"bring the {w}\" on the board.",
        "You see a {w} once (only once) and you know.",
        "He asked, \"who has the {w}?\" and I said \"the {w} has.\"",
        "Not everyone who has a {w} wants one...",
        "I'd rather have had the {w}, wouldn't you?",
        "The {w} said {n} per cent; the {w} said half that.",
        "On the ward we call it {W}: don't ask why.",
        "Yes, the {w}.",
        "No. The {w} never did.",
        "I mean, um, the {w}, it, it stopped.",
        "So then, so, the {w} fell over [laughs] and we all saw the {w}.",
        "It took (pause) a {w} of a time.",
        "Because the {w} [inaudible] after that.",
        "We will {w} again; may {w} be good to us.",
        "A {w} is a {w}, whatever colour.",
        "Mark my words - the {w} will come back.",
        "What for? For a {w}!",
        "Honestly, about {w}: the {w} was kind, and grace itself.",
        "I do hope the {w} is rich enough.",
        "So I wrote down, Note: the {w} is late.",
        "So we [put the {w}] down and =well, the {w} was there.",
        "And {name} goes: not my {w}!",
        "((coughs)) It was the {w}, //the {w}, I mean.",
    ),
    "german": ("Wir hatten die {w} neben der {w}.", "Sie kam herein und sagte: Nein, nicht die {w}.", "Nach {n} Wochen brauchte niemand mehr die {w}.", "Das war so gegen 10:30 Uhr, als die {w} kam.", "Die {w} – also die ganze {w} – war im Frühjahr weg.", "Na ja, das hängt von der {w} ab.", "Ich habe {name} von der {w} erzählt.", "Für {w} gab es drei Gründe: die {w}, die {w} und die {w}.", "Ja, die {w}.", "Das {w} war (lacht) schön und teuer."),
    "french": ("Nous avions la {w} à côté de la {w}.", "Elle est entrée et elle a dit : non, pas la {w}.", "Après {n} semaines, personne n’avait besoin de la {w}.", "C’était vers 10:30, quand la {w} est arrivée.", "La {w} – toute la {w} – était partie.", "Oui, la {w}.", "J’en ai parlé à {name}, de la {w}."),
    "spanish": ("Teníamos la {w} al lado de la {w}.", "Entró y dijo: no, la {w} no.", "Después de {n} semanas nadie necesitaba la {w}.", "Era a las 10:30 cuando llegó la {w}.", "Sí, la {w}.", "Se lo conté a {name}, lo de la {w}."),
    "dutch": ("We hadden de {w} naast de {w}.", "Ze kwam binnen en zei: nee, niet de {w}.", "Na {n} weken had niemand de {w} nog nodig.", "Ja, de {w}."),
    "hebrew": ("שמנו את {w} ליד {w}.", "על {w} היא אמרה: לא, לא {w}.", "אחרי {n} שבועות {w} נגמר."),
    "arabic": ("وضعنا {w} بجانب {w}.", "وعن {w} قالت: لا، ليس {w}.", "بعد {n} أسابيع انتهى {w}."),
    "russian": ("Мы держали {w} рядом с {w}.", "Про {w} она сказала: нет, не {w}.", "Через {n} недель {w} пропала."),
    "greek": ("Είχαμε τη {w} δίπλα στη {w}.", "Για τη {w} είπε: όχι, όχι τη {w}.", "Μετά από {n} εβδομάδες η {w} χάθηκε."),
    "hindi": ("हमने {w} को {w} के पास रखा।", "{w} पर उसने कहा: नहीं, {w} नहीं।", "{n} हफ्ते बाद {w} चली गई।"),
    "korean": ("우리는 {w} 옆에 {w} 두었어요.", "{w} 보고 그분이 말했어요: 아니요, {w} 아니라고.", "{n} 주 뒤에 {w} 없어졌어요."),
    "chinese": ("我们把{w}放在{w}旁边。", "看到{w}她说：不，不是{w}。", "过了{n}个星期，{w}就没有了。"),
    "japanese": ("{w}は{w}のそばに置きました。", "{w}を見て言いました：いいえ、{w}ではない。", "{n}週間で{w}はなくなりました。"),
}
_SHORT = {"english": ("Yes.", "Mhm.", "Right.", "No."), "german": ("Ja.", "Mhm.", "Genau."), "french": ("Oui.", "Mhm."), "spanish": ("Sí.", "Claro."), "dutch": ("Ja.",)}
LATIN = tuple(_SHORT)


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared: letters and digits that stand together, without stage directions."""
    return [word for word in re.findall(r"\w+", text) if word.casefold() not in STAGE]


@dataclass
class Talk:
    """Makes sentences of one language; no invented word comes twice."""

    rng: random.Random
    language: str = "english"
    quotes: bool = True  # sentences with colons, clock times and names
    count: int = field(init=False)

    def __post_init__(self) -> None:
        self.count = self.rng.randrange(10_000)

    def token(self) -> str:
        """Return a word that is nowhere else."""
        self.count += 1
        syllables = _SYLLABLES.get(self.language, _LATIN)
        size = len(syllables)
        number = self.count * 7919 % size**3
        return syllables[number % size] + syllables[number // size % size] + syllables[number // size**2]

    def question(self) -> str:
        """Return what an interviewer says."""
        return self._filled(self.rng.choice(_QUESTIONS[self.language]), "")

    def answer(self, name: str) -> str:
        """Return what somebody says who may speak of `name`."""
        pool = [each for each in _ANSWERS[self.language] if self.quotes or not re.search(r":|–| - |\[|\(", each)]
        said = [self._filled(self.rng.choice(pool), name) for _ in range(self.rng.choice((1, 1, 2, 3, 5)))]
        if self.language in _SHORT and self.rng.random() < 0.12:
            said = [self.rng.choice(_SHORT[self.language])]
        return ("" if self.language in ("chinese", "japanese") else " ").join(said)

    def _filled(self, sentence: str, name: str) -> str:
        sentence = sentence.replace("{name}", name or self.token().capitalize())
        sentence = re.sub(r"\{W\}", lambda _: self.token().capitalize(), sentence)
        sentence = re.sub(r"\{w\}", lambda _: self.token(), sentence)
        return re.sub(r"\{n\}", lambda _: str(self.rng.randint(2, 95)), sentence)

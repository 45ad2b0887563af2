"""The words that hint at a stance, by kind: British talk about work, as people say it. A final ``*`` stands for any ending."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NEGATORS = "not n't nt never no nobody none nothing nowhere neither nor without hardly barely scarcely rarely seldom cannot nowt no-one"
"""Words that turn what follows them in their clause (NegEx, Chapman et al. 2001, with those of talk)."""

PSEUDO = """not only|not just|not merely|not simply|no doubt|no question|no problem|not a problem|no trouble|why not|not to mention|
no matter|nothing but|nothing short of|not to worry|no wonder|no end of|if not for|last but not least|couldn't be happier|
couldn't be better|can't fault|couldn't fault|couldn't do without|wouldn't be without|can't imagine it
without|never looked back|not bad|not half|never better|can't speak highly enough|can't praise|nothing wrong with|couldn't
agree more|you know no|believe it or not|whether or not|don't get me wrong|no , no|isn't it|wasn't it|doesn't it|didn't
it|don't you|didn't we|don't we|aren't they|aren't we|won't it|wouldn't it|hasn't it|haven't we|didn't they|don't they|
can't you|couldn't you|wouldn't you"""
"""What looks like a negation and is none: pseudo-negation and tag questions."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "if": "if|unless|suppose|supposing|provided|assuming|were i|were we|were they|had we|had i|had they|if only|what if|as long as|"
        "even if|otherwise|in theory|hypothetically|imagine|say we|say you|or else",
        "would": "would|'d have|would've|would have|i'd|we'd|you'd|they'd|he'd|she'd|it'd|there'd|could've|might've|should've",
        "could have": "could have|might have|should have|would have|ought to have|wouldn't have|couldn't have|'d have|may have",
        "if had": "if we'd|if i'd|if they'd|if you'd|if he'd|if she'd|if there'd|if we had|if i had|if they had|if she had|"
        "if he had|if somebody had|if someone had|if there had|if it had|if we were|if i were|if it were|if there were|if they were",
        "may": "might|may|could|maybe|perhaps|possibly|potentially|i reckon|i dare say|i expect|i suspect|i imagine|i suppose|"
        "i should think|i guess|presumably|probably|likely|i'd imagine|i'd like to think|i'd hope|ideally|i'd worry|i'd want",
        "should": "should|ought|must|need to|needs to|have to|has to|got to|supposed to|meant to|better to",
        "will": "will|'ll|wo|going to|gon na|next year|tomorrow|one day|in future|in the future|from now on|eventually|long term",
        "but": "but|though|although|however|whereas|yet|except|mind you|then again|having said that|on the other hand|that said|still|"
        "even so|despite|at the same time|only thing|other than|apart from|while|even though",
        "both": "mixed|half|partly|partially|in part|some of|some did|others|the other|up to a point|to a degree|to an extent|yes and no|"
        "in two minds|swings and roundabouts|bit of both|on paper|sort of|kind of|so so|fifty fifty|not entirely|not quite|not all|not "
        "every|not always|mostly|most of|depends|sometimes|some days|patchy|variable|varied|hit and miss|jury's out|the rest|as for|"
        "one of them|two of them|better in some|bits of it|ambivalent|to begin with|at first|not sure|i don't know whether|middling|"
        "on balance|upstairs|downstairs|better and worse|less so|more or less|torn|divided|split|undecided|a bit|the one|the ones who",
        "said": "said|says|told|tells|asked|asks|saying|telling|reckons|reckoned|claimed|claims|was like|goes|according to|they say|"
        "apparently|supposedly|so-called|the idea was|thought|we thought|i thought|i was told|were told|been told",
        "stopped": "stopped|stop|gave up|give up|given up|dropped|dropped off|petered|fizzled|lapsed|slid|slipped|went back|gone back|"
        "going back|back to|folded|died|die|dead|faded|tailed|dwindled|abandoned|packed it in|packed in|no longer|any more|anymore|"
        "used to|lost|left|fell by|fell off|fell away|fell apart|fell down|fell through|withdrew|withdrawn|cancelled|scrapped|binned|"
        "shelved|on a shelf|in a drawer|in a cupboard|limped|stalled|unravelled|evaporated|ran out|run out|went by the board|lip service",
        "failed": "bad|badly|poor|poorly|awful|terrible|fail*|problem*|struggl*|difficult*|hard|harder|impossible|stuck|waste|"
        "wasted|pointless|useless|mess|muddle*|chaos|"
        "chaotic|worse|worst|broke|broken|wrong|trouble|barrier*|obstacle*|nightmare|disaster|shambles|clunky|awkward|slow|slower|"
        "crash*|flop*|missed|missing|lack|lacked|lacking|shortage|short of|not enough|too many|too much|too big|too late|too long|too "
        "little|too few|too busy|fight|fought|clash*|jar|jarred|jars|burden*|extra work|overload*|swamp*|drown*|unworkable|unfair|"
        "unclear|unsafe|ignored|refus*|declin*|resist*|object*|blocked|bounced|doubled up|duplicat*|in the way|got nowhere|no use|"
        "box ticking|tick box|tick-box|paper exercise|tokenis*|rubber stamp*|went nowhere|out of date|gathering dust|thin air",
        "against": "cynic*|scept*|suspicio*|resent*|cross|annoy*|angry|furious|fed up|hate|hated|dread*|grumbl*|moan*|complain*|rolled "
        "their eyes|eye roll*|fad|gimmick|jargon|nonsense|rubbish|daft|silly|stupid|bored|boring|exhaust*|tired|knackered|stress*|"
        "worr*|afraid|scared|frighten*|nervous|anxious|guilty|ashamed|embarrass*|insult*|patronis*|distrust*|mistrust*|unconvinced|"
        "lukewarm|indifferent|dubious|doubt|doubts|disappoint*|frustrat*|let down|demoralis*|alien*|irritat*|shut out|left out|"
        "excluded|looked down|threat*|judged|policed|spied|imposed|imposition|foisted|parachuted|dictated|mandat*|compulsory|forced|made "
        "to|top down|top-down|from above|from on high|handed down|came down|had to|no choice|no say|blame*|rivals|them and us",
        "unknown": "don't know|didn't know|couldn't tell|can't tell|no idea|not sure|unsure|couldn't say|can't say|who knows|haven't a "
        "clue|no clue|faintest|never asked|never told|nobody told|nobody asked|no one told|no one asked|never explained|in the dark|"
        "confus*|baffl*|puzzled|lost on me|beats me|what it was for|mystery|hazy|vague|foggy|none the wiser|couldn't see|didn't see|"
        "can't see|didn't understand|don't understand|never understood|never saw|never counted|nobody counted|nobody's counted|"
        "no data|no figures|no numbers|no evidence|no proof|anecdot*|guesswork",
        "good": "good|great|better|best|brilliant|lovely|excellent|fantastic|marvellous|wonderful|love|loved|like|liked|enjoy*|"
        "help*|useful|worth|worthwhile|work|works|worked|working|easy|easier|easily|quick|quicker|simple|simpler|clear|clearer|sense|"
        "success*|improv*|benefit*|gain*|proud|pleased|happy|happier|glad|delighted|keen|excited|enthus*|confiden*|trust*|support*|"
        "backed|behind it|on board|bought in|agreed|agree|together|closer|friendly|friendlier|relationship*|listened|listen|fits|fitted|"
        "fit|smooth*|natural|second nature|learn*|sorted|fixed|solved|achiev*|managed|saved|saves|safe|safer|calm*|relief|relieved|"
        "value|valued|valuable|important|matter*|right|fair|convinced|impressed|grateful|thank*|light bulb|penny dropped|clicked|"
        "changed|transform*|kept|keep|keeps|keeping|carried on|stuck with|embedded|routine|every week|still do|still use|"
        "still meet|ours|our own|"
        "we chose|we picked|we decided|our idea|down to us|up to us|volunteer*|offered|champion*|led|leading|drove|went down|went up|came "
        "down to|halved|doubled|fewer|less time|steady|thriv*|flew|flying|blossom*|a joy|a pleasure|godsend|eye opener|opened my eyes",
        "always": "always|every|everyone|everybody|all of us|we all|each|definitely|certainly|absolutely|really|honestly|completely|"
        "totally|exactly|of course|straight away|straight off|from day one|without fail|very|so much",
        "only": "only|just one|just me|just the|the odd|one or two|few|little|occasionally|bare*|at best|at most|nearly|almost|supposedly|"
        "in name|as such|as if|anyway|whatever",
        "before": "before|used to|previously|in the past|at first|at the start|to start with|to begin with|originally|initially|years ago|"
        "in those days|the old way|beforehand",
        "now": "now|nowadays|these days|since|since then|ever since|today|currently|at the moment|already|by the end",
        "yes": "yes|yeah|yep|oh yes|absolutely|definitely|of course|sure",
    }
)
"""Phrases per kind, parted by ``|``."""

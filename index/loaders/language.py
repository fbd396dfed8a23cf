"""The language of an article as an ISO 639-1 code: what its file says, else what its text shows."""

from __future__ import annotations

import re
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from index.loaders.cleaning import label

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_CODES = frozenset(
    (
        "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu"
        " cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi"
        " ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks"
        " ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl"
        " nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl"
        " sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve"
        " vi vo wa wo xh yi yo za zh zu"
    ).split()
)
# ISO 639-2 in both its forms, withdrawn codes, and names as people write them in a table.
_ALIASES = dict(
    pair.split("=")
    for pair in (
        "afr=af alb=sq ara=ar arm=hy aze=az baq=eu bel=be ben=bn bos=bs bul=bg bur=my cat=ca"
        " ces=cs chi=zh cmn=zh cym=cy cze=cs dan=da deu=de dut=nl ell=el eng=en epo=eo est=et"
        " eus=eu fao=fo fas=fa fin=fi fra=fr fre=fr geo=ka ger=de gle=ga glg=gl gre=el guj=gu"
        " heb=he hin=hi hrv=hr hun=hu hye=hy ice=is ind=id isl=is ita=it jpn=ja kan=kn kat=ka"
        " kaz=kk khm=km kor=ko lao=lo lat=la lav=lv lit=lt ltz=lb mac=mk mal=ml mar=mr may=ms"
        " mkd=mk mlt=mt mon=mn msa=ms mya=my nep=ne nld=nl nno=nn nob=nb nor=no pan=pa per=fa"
        " pol=pl por=pt pus=ps ron=ro rum=ro rus=ru sin=si slk=sk slo=sk slv=sl som=so spa=es"
        " sqi=sq srp=sr swa=sw swe=sv tam=ta tel=te tgl=tl tha=th tur=tr ukr=uk urd=ur uzb=uz"
        " vie=vi wel=cy yid=yi zho=zh zul=zu"
        " in=id iw=he ji=yi"
        " arabic=ar chinese=zh czech=cs danish=da dutch=nl english=en finnish=fi french=fr"
        " german=de greek=el hebrew=he hindi=hi hungarian=hu italian=it japanese=ja korean=ko"
        " norwegian=no polish=pl portuguese=pt romanian=ro russian=ru spanish=es swedish=sv"
        " turkish=tr ukrainian=uk vietnamese=vi"
    ).split()
)
_SAMPLE = 1000  # characters; more of them change no verdict
_SURE = 0.9  # the detector's probability is low for short texts, as it should be
_LOADING = Lock()


def language_code(value: object) -> str | None:
    """The code of a declared language, or None for what names none.

    `language_code("en-US") == language_code("eng") == language_code("English") == "en"`
    """
    declared = label(value)
    if declared is None:
        return None
    word = re.split(r"[^a-z]", declared.casefold(), maxsplit=1)[0]
    return word if word in _CODES else _ALIASES.get(word)


def detect_language(text: str) -> str | None:
    """The language a text is written in, None where it is too short or too mixed to be sure.

    `detect_language("The council voted to rebuild the old bridge over the Lune.") == "en"`
    """
    with _LOADING:
        detector = _detector()
    code, probability = detector.classify(text[:_SAMPLE])
    return code if probability >= _SURE and code in _CODES else None


@cache
def _detector() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

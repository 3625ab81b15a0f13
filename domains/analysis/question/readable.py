"""Whether there is anything to read, and whether it is English."""

from __future__ import annotations

import re
import unicodedata

from domains.analysis.question.reading import Reading
from domains.analysis.question.words import is_word

__all__ = ["LONGEST", "is_empty", "other_language"]

LONGEST = 4000

_GREETINGS = frozenset(
    "hi hello hey yo hiya howdy greetings good morning afternoon evening day there all everyone team thanks thank you ok "
    "okay yes no please bye goodbye test testing cheers sup help".split()
)
_ENGLISH = frozenset(
    "the a an of to in is are was were do does did have has had how what which who why when where will would can could "
    "should and or for with by from on at as that this these those we our us i my me you your they them their he she it "
    "its not no be been than if about last next most more best any all show tell give list compare since much many per "
    "vs win rate deals deal sales".split()
)
_FOREIGN: dict[str, frozenset[str]] = {
    "Spanish": frozenset(
        "el los las de del que por para con cual cuál cuáles qué como cómo cuando cuándo cuanto cuánto cuántos cuántas "
        "quién quien es son está una un nuestro nuestra nuestros este esta más en se al y lo su sus clientes ventas "
        "trimestre dime muéstrame mejor hay ganamos perdemos dónde donde último última tasa".split()
    ),
    "Portuguese": frozenset(
        "o os as do da dos das que por para com qual quais quem como quando quanto quantos é são está uma um nosso nossa "
        "este esta mais em no na nos nas não e vendas clientes trimestre vende vendeu último última melhor onde taxa foi "
        "porque nossos negócios".split()
    ),
    "French": frozenset(
        "le la les des du de et est sont quel quelle quels quelles qui que quoi comment pourquoi combien avec pour dans "
        "sur nos notre votre ce cette ces au aux un une plus par en clients ventes trimestre mois année taux "
        "nous vous ils elle dernier dernière montre-moi affiche meilleur c'est qu'est-ce".split()
    ),
    "German": frozenset(
        "der die das den dem des ein eine einen und ist sind war wie was wer wo warum welche welcher welches wieviel "
        "wie viele mit für auf von zu im letzten letzte unsere unser nicht wir haben hat pro bei über nach quartal monat "
        "jahr umsatz kunden zeige zeig gib mir hoch gewinnen verlieren einwände vertriebler am besten".split()
    ),
    "Italian": frozenset(
        "il lo gli della delle dei degli di che per con quale quali chi come quando quanto quanti è sono una un nostro "
        "nostra questo questa più nel nella non vendite clienti trimestre ultimo ultima mese perché dove tasso "
        "mostrami miglior migliore al abbiamo".split()
    ),
    "Dutch": frozenset(
        "de het een van en is zijn hoe wat wie waarom welke met voor op naar onze ons niet wij hebben heeft per bij over "
        "kwartaal maand jaar omzet klanten toon geef mij hoeveel vorig vorige afgelopen laatste meeste beste in "
        "verliezen winnen waar deze".split()
    ),
    "Swedish, Danish or Norwegian": frozenset(
        "och är hur vad vem varför vilka vilken med för på våra vår inte vi har det den ett en som av till og er hvordan "
        "hvad hva hvem hvorfor hvilke med for på vores våre ikke har det den et af fra sidste siste förra kvartalet "
        "kunder försäljning salg månad hvor mange många".split()
    ),
    "Polish or Czech": frozenset(
        "jak jaki jaka jakie kto dlaczego który która które nasz nasza nasze w na z do i nie są jest był ile ostatnim "
        "kwartale klienci sprzedaż proč který kolik máme jsou".split()
    ),
    "Turkish": frozenset(
        "ne nasıl kim neden hangi kaç bu bir ve için ile en çok göre olan geçen son çeyrek satış müşteri bölge oranı nedir".split()
    ),
    "Finnish or Hungarian or Indonesian": frozenset(
        "mikä mitä kuka miksi kuinka paljon meidän ja on ovat mi mennyi hogyan miért melyik és a az apa berapa siapa "
        "mengapa bagaimana yang dan di ke dari untuk dengan kami kita tingkat penjualan".split()
    ),
}
_MASHED = re.compile(r"[^aeiouyäöüáéíóú\W\d_]{5,}|(.)\1{3,}|(?:asdf|qwer|zxcv|hjkl|jkl|fdsa|lkj|sdfg|wert)")


def is_empty(reading: Reading) -> bool:
    """Return whether there is nothing readable: blanks, signs, key mashing, or a greeting and no more."""
    words = [token.lower for token in reading.tokens if any(item.isalpha() for item in token.text)]
    if not words:
        return True
    if reading.mentions:
        return False
    if all(word in _GREETINGS for word in words):
        return True
    letters = sum(item.isalpha() for item in reading.original)
    odd = sum(unicodedata.category(item) in ("Co", "Cn", "So", "Sk") or item == "\ufffd" for item in reading.original)
    if odd > letters:
        return True
    unknown = [word for word in words if not is_word(word)]
    mashed = [word for word in unknown if _MASHED.search(word)]
    short = all(len(word) <= 3 and word not in _ENGLISH and not is_short_word(word) for word in words)
    return len(mashed) * 2 >= len(words) and not other_script(reading.original) or short


def is_short_word(word: str) -> bool:
    """Return whether a word of up to three letters may mean something here."""
    return word in _SHORT


_SHORT = frozenset(
    "why how who win won rep reps top q1 q2 q3 q4 h1 h2 ytd qtd mtd fy roi crm arr acv tcv kpi ai go do up so ok deal "
    "lost ask best new use big age gap map day due pay act add sum avg put cfo ceo sad bad good end now one two six ten "
    "few lag low net mix".split()
)


def other_script(text: str) -> bool:
    """Return whether most letters are not Latin ones."""
    letters = [item for item in text if item.isalpha()]
    strange = sum("LATIN" not in unicodedata.name(item, "") for item in letters)
    return bool(letters) and strange * 3 > len(letters)


def other_language(reading: Reading) -> str | None:
    """Return the language a question seems to be in when it is not English, or None.

    Examples
    --------
    >>> from domains.analysis.question.known import Known
    >>> from domains.analysis.question.reading import read
    >>> other_language(read("Wie hoch war der Umsatz im dritten Quartal?", Known()))
    'German'
    >>> other_language(read("What was the win rate?", Known())) is None
    True
    """
    if other_script(reading.original):
        return "another script"
    taken = {place for item in reading.mentions for place in range(item.start, item.end)}
    words = [
        token.lower
        for place, token in enumerate(reading.tokens)
        if place not in taken and any(item.isalpha() for item in token.text)
    ]
    if len(words) < 3:
        foreign = words and all(not is_word(word) for word in words) and any(ord(item) > 127 for item in "".join(words))
        return "another language" if foreign else None
    english = sum(word in _ENGLISH for word in words)
    name, hits = max(((name, sum(word in own for word in words)) for name, own in _FOREIGN.items()), key=lambda x: x[1])
    unknown = sum(not is_word(word) for word in words)
    if hits >= 2 and hits > english and unknown >= 1:
        return name
    accents = sum(any(ord(item) > 127 for item in word) for word in words)
    if unknown * 2 > len(words) and english * 4 <= len(words) and (hits >= 1 or accents >= 1):
        return name if hits else "another language"
    return None

"""Words that CRM exports misspell: industries, countries, and what stands for an empty cell or a role."""

from __future__ import annotations

from functools import cache

from domains.analysis.corpus.names import NameIndex, name_key

__all__ = ["EMPTY_CELLS", "NO_COMPETITOR", "PROSPECT_LABELS", "REP_LABELS", "corrected_country", "corrected_sector"]

EMPTY_CELLS = frozenset({"", "-", "--", "n/a", "na", "#n/a", "nan", "null", "none", "(blank)", "(none)"})
NO_COMPETITOR = frozenset({"other", "unknown", "various", "nocompetitor", "noneidentified", "nodecision", "notknown"})
REP_LABELS = frozenset(
    {"rep", "salesrep", "representative", "salesrepresentative", "agent", "salesagent", "seller", "salesperson", "ae"}
    | {"accountexecutive", "internal"}
)
PROSPECT_LABELS = frozenset({"prospect", "customer", "client", "buyer", "lead", "external"})

_SECTORS = """
advertising aerospace agriculture apparel automotive aviation banking biotechnology chemicals communications
construction consulting consumer education electronics employment energy engineering entertainment environmental
finance government healthcare hospitality insurance legal logistics machinery manufacturing marketing media
medical mining nonprofit pharmaceuticals publishing recreation recruiting retail semiconductors services
shipping software staffing technology telecommunications tourism transportation travel utilities wholesale
"""

_COUNTRIES = """
Afghanistan,Albania,Algeria,Andorra,Angola,Argentina,Armenia,Australia,Austria,Azerbaijan,Bahamas,Bahrain,
Bangladesh,Barbados,Belarus,Belgium,Belize,Benin,Bhutan,Bolivia,Bosnia and Herzegovina,Botswana,Brazil,Brunei,
Bulgaria,Burkina Faso,Burundi,Cambodia,Cameroon,Canada,Cape Verde,Central African Republic,Chad,Chile,China,
Colombia,Comoros,Congo,Costa Rica,Croatia,Cuba,Cyprus,Czechia,Czech Republic,Denmark,Djibouti,Dominica,
Dominican Republic,Ecuador,Egypt,El Salvador,England,Equatorial Guinea,Eritrea,Estonia,Eswatini,Ethiopia,Fiji,
Finland,France,Gabon,Gambia,Georgia,Germany,Ghana,Greece,Grenada,Guatemala,Guinea,Guinea-Bissau,Guyana,Haiti,
Honduras,Hong Kong,Hungary,Iceland,India,Indonesia,Iran,Iraq,Ireland,Israel,Italy,Ivory Coast,Jamaica,Japan,
Jordan,Kazakhstan,Kenya,Kiribati,Korea,Kosovo,Kuwait,Kyrgyzstan,Laos,Latvia,Lebanon,Lesotho,Liberia,Libya,
Liechtenstein,Lithuania,Luxembourg,Madagascar,Malawi,Malaysia,Maldives,Mali,Malta,Mauritania,Mauritius,Mexico,
Micronesia,Moldova,Monaco,Mongolia,Montenegro,Morocco,Mozambique,Myanmar,Namibia,Nauru,Nepal,Netherlands,
New Zealand,Nicaragua,Niger,Nigeria,North Korea,North Macedonia,Northern Ireland,Norway,Oman,Pakistan,Palau,
Palestine,Panama,Papua New Guinea,Paraguay,Peru,Philippines,Poland,Portugal,Puerto Rico,Qatar,Romania,Russia,
Rwanda,Samoa,San Marino,Saudi Arabia,Scotland,Senegal,Serbia,Seychelles,Sierra Leone,Singapore,Slovakia,
Slovenia,Solomon Islands,Somalia,South Africa,South Korea,South Sudan,Spain,Sri Lanka,Sudan,Suriname,Sweden,
Switzerland,Syria,Taiwan,Tajikistan,Tanzania,Thailand,Timor-Leste,Togo,Tonga,Trinidad and Tobago,Tunisia,Turkey,
Turkmenistan,Tuvalu,Uganda,Ukraine,United Arab Emirates,United Kingdom,United States,United States of America,
Uruguay,Uzbekistan,Vanuatu,Venezuela,Vietnam,Wales,Yemen,Zambia,Zimbabwe
"""


@cache
def corrected_sector(written: str) -> str | None:
    """Return the industry that a misspelt one means, or None when the word may stay as it is.

    Examples
    --------
    >>> corrected_sector("technolgy"), corrected_sector("Technology"), corrected_sector("Space elevators")
    ('technology', None, None)
    """
    found = _corrected(written, _sectors())
    return found.capitalize() if found and written[:1].isupper() else found


@cache
def corrected_country(written: str) -> str | None:
    """Return the country that a misspelt one means, or None when the word may stay as it is.

    Examples
    --------
    >>> corrected_country("Philipines"), corrected_country("Kenya")
    ('Philippines', None)
    """
    return _corrected(written, _countries())


def _corrected(written: str, index: NameIndex) -> str | None:
    found = index.find(written).name
    return found if found is not None and name_key(found) != name_key(written) else None


@cache
def _sectors() -> NameIndex:
    return NameIndex(_SECTORS.split(), typos=True)


@cache
def _countries() -> NameIndex:
    return NameIndex((item.strip() for item in _COUNTRIES.split(",")), typos=True)

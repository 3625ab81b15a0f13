"""The names of the invented world: vendor, competitors, products, content, places, people. No real company."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CITIES",
    "COMPETITOR_ALIASES",
    "CONFOUNDED_TRAINING",
    "CONTENT",
    "COSTLY_OBJECTION",
    "FIRST_NAMES",
    "HARD_REGION",
    "HARD_SEGMENT",
    "HELPFUL_CONTENT",
    "LATE_CONTENT",
    "MATCHED_COMPETITOR",
    "OTHER_COMPETITORS",
    "OTHER_OBJECTIONS",
    "PRODUCTS",
    "REGIONS",
    "SEGMENTS",
    "STAGES",
    "STRONG_COMPETITOR",
    "SURNAMES",
    "TRAININGS",
    "VENDOR",
    "Piece",
    "Product",
    "Segment",
]


@dataclass(frozen=True, slots=True)
class Segment:
    """A kind of customer and the words of its trade."""

    name: str
    sector: str
    suffixes: tuple[str, ...]
    unit: str
    people: str
    titles: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the vendor with its list price for a year."""

    name: str
    series: str
    price: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A content piece: its identifier, its title, what kind it is."""

    content_id: str
    title: str
    kind: str


VENDOR = "Willowtrace"
STRONG_COMPETITOR = "Bequorant"
MATCHED_COMPETITOR = "Trustelline"
OTHER_COMPETITORS = ("Codivantra", "Inheristone")
COMPETITOR_ALIASES = {
    "Bequorant": ("Bequorant Suite", "Bequorant Cloud"),
    "Trustelline": ("Trust-elline", "Trustelline Pro"),
    "Codivantra": ("Codi Vantra",),
    "Inheristone": (),
}

COSTLY_OBJECTION = "migration"
OTHER_OBJECTIONS = ("price", "security", "timing", "features")

STAGES = ("Discovery", "Demo", "Evaluation", "Proposal", "Negotiation")

REGIONS = ("Northeast", "Southeast", "Central", "West")
HARD_REGION = "West"
HARD_SEGMENT = "Bank"

PRODUCTS = (
    Product("Willowtrace Draft", "Core", 9_600),
    Product("Willowtrace Trustee", "Core", 14_400),
    Product("Willowtrace Vault", "Client", 7_200),
    Product("Willowtrace Ledger", "Fiduciary", 21_000),
    Product("Willowtrace Complete", "Suite", 48_000),
)

CONTENT = (
    Piece("CNT-01", "Fiduciary ROI Worksheet", "worksheet"),
    Piece("CNT-02", "Trust Administration Buyer's Guide", "guide"),
    Piece("CNT-03", "Security and Data Residency Paper", "whitepaper"),
    Piece("CNT-04", "Three-Minute Product Tour", "video"),
    Piece("CNT-05", "Drafting Time Halved: a Law Firm's Story", "case study"),
    Piece("CNT-06", "Document Conversion Checklist", "checklist"),
    Piece("CNT-07", "Side-by-Side Comparison Sheet", "battlecard"),
    Piece("CNT-08", "Kickoff Planner", "planner"),
)
HELPFUL_CONTENT = "Fiduciary ROI Worksheet"
LATE_CONTENT = "Kickoff Planner"

CONFOUNDED_TRAINING = "Discovery Masterclass"
TRAININGS = (CONFOUNDED_TRAINING, "Product Certification", "Negotiation Workshop")

SEGMENTS = (
    Segment(
        "Law firm",
        "Legal services",
        ("LLP", "& Partners", "Law Group", "PLLC", "Attorneys"),
        "estate matters",
        "attorneys",
        (
            ("economic_buyer", ("Managing Partner", "Executive Director", "Chief Operating Officer")),
            ("champion", ("Estate Planning Partner", "Senior Associate, Trusts and Estates", "Practice Group Chair")),
            ("user", ("Paralegal", "Senior Paralegal", "Probate Paralegal")),
            ("technical", ("Director of IT", "IT Manager", "Knowledge Management Lawyer")),
            ("procurement", ("Firm Administrator", "Operations Manager", "Office Manager")),
        ),
    ),
    Segment(
        "Wealth manager",
        "Wealth management",
        ("Wealth Partners", "Private Wealth", "Advisory Group", "Family Office"),
        "client plans",
        "advisors",
        (
            ("economic_buyer", ("Chief Operating Officer", "Managing Director", "President")),
            ("champion", ("Director of Estate Planning", "Head of Planning", "Senior Wealth Strategist")),
            ("user", ("Client Service Associate", "Paraplanner", "Planning Analyst")),
            ("technical", ("Head of Technology", "Systems Manager", "Chief Information Security Officer")),
            ("procurement", ("Compliance Officer", "Vendor Manager", "General Counsel")),
        ),
    ),
    Segment(
        "Trust company",
        "Fiduciary services",
        ("Trust Company", "Fiduciary Services", "Trustees", "Trust Advisors"),
        "trust accounts",
        "trust officers",
        (
            ("economic_buyer", ("Chief Fiduciary Officer", "President", "Chief Financial Officer")),
            ("champion", ("Head of Trust Administration", "Senior Trust Officer", "VP Fiduciary Operations")),
            ("user", ("Trust Administrator", "Trust Associate", "Paralegal")),
            ("technical", ("IT Director", "Systems Analyst", "Information Security Manager")),
            ("procurement", ("Risk Manager", "Compliance Manager", "Vendor Manager")),
        ),
    ),
    Segment(
        "Bank",
        "Banking",
        ("Bank & Trust", "Savings Bank", "Bancorp", "Private Bank"),
        "fiduciary accounts",
        "relationship managers",
        (
            ("economic_buyer", ("EVP Wealth Management", "Chief Operating Officer", "Head of Private Banking")),
            ("champion", ("Director of Trust Services", "VP Estate Settlement", "Head of Fiduciary Operations")),
            ("user", ("Estate Settlement Specialist", "Trust Associate", "Fiduciary Analyst")),
            ("technical", ("Enterprise Architect", "Director of Information Security", "Technology Lead")),
            ("procurement", ("Sourcing Manager", "Third-Party Risk Manager", "Senior Counsel")),
        ),
    ),
)

CITIES = {
    "Northeast": (
        ("Hartford", "Connecticut"),
        ("Albany", "New York"),
        ("Portland", "Maine"),
        ("Scranton", "Pennsylvania"),
    ),
    "Southeast": (("Savannah", "Georgia"), ("Tampa", "Florida"), ("Raleigh", "North Carolina"), ("Mobile", "Alabama")),
    "Central": (("Omaha", "Nebraska"), ("Madison", "Wisconsin"), ("Tulsa", "Oklahoma"), ("Dayton", "Ohio")),
    "West": (("Boise", "Idaho"), ("Tucson", "Arizona"), ("Spokane", "Washington"), ("Fresno", "California")),
}

FIRST_NAMES = tuple(
    "Abigail Adrian Alana Amara Anders Anita Arjun Audrey Beatriz Bernard Bianca Bram Caleb Camille Carlos "
    "Cecilia Chidi Clara Conor Dalia Damian Daphne Darius Deborah Dmitri Edith Elena Elias Emeka Esther Fatima "
    "Felix Fiona Frances Gareth Gemma Graham Greta Hana Harold Helen Hugo Imani Ingrid Irene Isaac Jacinta "
    "Jamal Joanna Joel Judith Kamal Karin Keiko Kendall Lars Leah Leonard Lillian Louisa Lucian Malcolm Maren "
    "Marisol Martin Meera Miles Miriam Nadia Naomi Nathan Nils Noor Odette Olivia Omar Oscar Paloma Patrick "
    "Petra Philip Priya Quentin Rafael Ramona Rebecca Reuben Rosa Rowan Salma Samuel Selene Simon Sofia Stefan "
    "Tamara Tessa Theo Thomas Ursula Valerie Victor Vivian Walter Wendy Xavier Yara Yusuf Zelda".split()
)

SURNAMES = tuple(
    "Abernethy Ackland Alderwick Amsel Arkwright Ashdown Balfrey Barnacle Bellweather Birkett Blackmoor "
    "Bramhall Brightwater Calloway Carnforth Castellane Cheverton Coldbrook Corrigan Crestfall Dalrymple "
    "Davenant Deverell Drummond Eastlake Ellerby Elphinstone Everdale Fairweather Farnsworth Fenwright Fernsby "
    "Gainsford Garrowby Glenhollow Goldthorpe Greystoke Hadleigh Halloran Harrowgate Hartwell Haverstock "
    "Hollingbury Huxtable Ibbotson Inverell Jernigan Kesteven Kilbride Kingsmere Lambourne Larkspur Leadbetter "
    "Lindqvist Lockridge Lovelace Maddox Marchbanks Mayhew Merriweather Middlemarch Montclair Mossgrove "
    "Netherby Nightingale Northcott Oakhurst Okonedo Oldcastle Ormerod Osterley Pemberton Penhallow Pettigrew "
    "Quarrington Quillfeather Radcliffe Ravenswood Redfern Rothwell Rushworth Sandoval Scarborough Selwyn "
    "Sheffield Silverton Stanhope Stillwater Sutherland Tamworth Tennant Thackeray Thistlewood Tolliver "
    "Trelawney Underhill Vandermeer Vasquez Verhoeven Wainwright Walcott Westerby Whitlock Wickersham "
    "Winterbourne Wolcott Woodrow Wyndham Yarborough Yeardley Zimmer".split()
)

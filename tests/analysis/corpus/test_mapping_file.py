"""A mapping file makes tables with other headers readable; a mistake in it is one clear sentence."""

from __future__ import annotations

import json

import pytest

from domains.analysis.corpus.ingest import ingest
from htn.model.errors import InputError

TABLE = "Nr;Phase;Wert;Tag\n1;Gewonnen;1.234,50;3.4.2024\n2;Offen;7;4.4.2024\n"
MAPPING = """
date_order = "dmy"
decimal = ","

[stages]
won = ["Gewonnen"]

[[files]]
match = "deals_*.csv"
table = "opportunities"
columns = { opportunity_id = "Nr", stage = "Phase", amount = "Wert", close_date = "Tag" }
"""


@pytest.mark.parametrize("form", ["toml", "json"])
def test_a_mapping_names_columns_dates_numbers_and_stages(workspace, write, form):
    """With the mapping the table comes in; without it, it is left out."""
    table = write("deals_de.csv", TABLE)
    assert [] == ingest(workspace, [table]).read
    rule = {"match": "deals_*.csv", "table": "opportunities"}
    columns = {"opportunity_id": "Nr", "stage": "Phase", "amount": "Wert", "close_date": "Tag"}
    document = {
        "date_order": "dmy",
        "decimal": ",",
        "stages": {"won": ["Gewonnen"]},
        "files": [{**rule, "columns": columns}],
    }
    mapping = write(f"map.{form}", MAPPING if form == "toml" else json.dumps(document))
    ingest(workspace, [table], mapping=mapping)
    assert [("1", "won", 1234.5, "2024-04-03", None), ("2", "open", 7.0, None, "2024-04-04")] == [
        (deal.opportunity_id, deal.status, deal.amount, deal.close_date, deal.expected_close)
        for deal in workspace.deals()
    ]


def test_another_mapping_reads_the_file_again(workspace, write):
    """A file that has not changed is read again when the mapping has."""
    table = write("d.csv", "deal_id,stage,created\n1,Demo,3/4/2024\n")
    for order, day in (("dmy", "2024-04-03"), ("mdy", "2024-03-04")):
        report = ingest(workspace, [table], mapping=write("map.toml", f'date_order = "{order}"'))
        assert ([day], 1) == ([deal.created_date for deal in workspace.deals()], len(report.read))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date_order = ", "not valid TOML"),
        ('date_order = "ymd"', "date_order is 'dmy' or 'mdy', not 'ymd'"),
        ('decimal = ";"', "decimal is '.' or ','"),
        ("colour = 1", "the mapping file has no key 'colour'"),
        ("files = 1", "write [[files]]"),
        ('[[files]]\ntable = "reps"', "needs `match`"),
        ('[[files]]\nmatch = "x"\ntable = "planets"', "'planets' is no table"),
        ('[[files]]\nmatch = "x"\ncolumns = { a = "b" }', "it must name the table too"),
        ('[[files]]\nmatch = "x"\ntable = "reps"\ncolumns = { age = "b" }', "reps has no column 'age'"),
        ('[[files]]\nmatch = "x"\ntable = "reps"\ncolumns = { rep = 1 }', "which header holds which column"),
        ('[stages]\nwon = "yes"', "a list of stage names"),
    ],
)
def test_a_mistake_in_the_mapping_is_refused_before_reading(workspace, write, dump, text, message):
    """The error names the mapping file and what is wrong, and nothing is read."""
    table = write("d.csv", "deal_id,stage\n1,Won\n")
    before = dump(workspace)
    with pytest.raises(InputError) as caught:
        ingest(workspace, [table], mapping=write("map.toml", text))
    assert message in str(caught.value)
    assert "map.toml" in str(caught.value)
    assert before == dump(workspace)


def test_a_mapping_that_is_not_there_is_refused(workspace, tmp_path):
    """A missing mapping file is named."""
    with pytest.raises(InputError, match="cannot read the mapping file"):
        ingest(workspace, [], mapping=tmp_path / "gone.toml")


def test_a_column_the_file_lacks_leaves_the_file_out(workspace, write):
    """A mapping that names a header which the file does not have is told at that file."""
    table = write("d.csv", "deal_id,stage\n1,Won\n")
    rule = '[[files]]\nmatch = "d.csv"\ntable = "opportunities"\ncolumns = { amount = "Sum" }'
    report = ingest(workspace, [table], mapping=write("map.toml", rule))
    assert ["the mapping names a column 'Sum', which the file does not have"] == [
        item.reason for item in report.skipped
    ]

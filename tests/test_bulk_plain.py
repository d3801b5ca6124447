"""Large CSV files whose cells are all plain: read without a look at each cell, and with the same outcome."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import kaoping.bulk.load
from bulk_runs import Outcome, assert_same, folder, in_bulk, parquet, planned, written
from kaoping.bulk.files import HEAD_BYTES, opened
from kaoping.bulk.plain import read_plain
from kaoping.bulk.texts import WORDS
from kaoping.data.cells import Problem, Reader, cell_reader, read_id
from kaoping.data.text import unguarded
from kaoping.types import BOOL, TEXT, Value
from test_bulk import FORMS, GOOD, PLAN, right_forms, table

(TABLE,) = PLAN.inputs
READERS: dict[str, Reader] = {each.name: cell_reader(each.type) for each in TABLE.columns}
READERS |= {"编号": read_id, "名称": cell_reader(TEXT)}
CONNECTION = duckdb.connect()
MANY = 300


def plain_row(path: Path, row: dict[str, str], delimiter: str = ",") -> dict[str, Value] | None:
    """The values of a file of one row, where it is taken as plain."""
    file = path / "subjects.csv"
    file.write_text(written([list(GOOD), list((GOOD | row).values())], delimiter), encoding="utf-8")
    head, findings = opened(CONNECTION, file, TABLE, [])
    assert head is not None, findings
    columns = [(column, head.places[column.name]) for column in TABLE.columns]
    if not read_plain(CONNECTION, head, "made", columns, named=True):
        assert not CONNECTION.execute("SELECT * FROM duckdb_tables()").fetchall()
        return None
    shown = ["id", "name", *(f"c{at}" for _, at in columns)]
    (values,) = CONNECTION.execute(f"SELECT {', '.join(shown)} FROM made").fetchall()
    CONNECTION.execute("DROP TABLE made")
    return dict(zip(["编号", "名称", *(column.name for column, _ in columns)], values, strict=True))


def assert_as_read(path: Path, column: str, text: str, delimiter: str = ",") -> bool:
    """Whether a cell is taken as plain; then it is what the reader of small files says of it."""
    found = plain_row(path, {column: text}, delimiter)
    if found is None:
        return False
    value = READERS[column](unguarded(text))
    assert not isinstance(value, Problem), (column, text)
    assert found[column] == value, (column, text)
    return True


@pytest.mark.parametrize("column", FORMS)
def test_what_is_taken_as_plain_is_what_the_cell_says(tmp_path: Path, column: str) -> None:
    taken = [form for form in FORMS[column] if assert_as_read(tmp_path, column, form)]
    assert taken


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("a", "9.5"), ("a", "7"), ("b", "-3.5"), ("b", "1000"), ("件", "100"), ("率", "69.39%"), ("率", "0.6939"),
        ("元", "9999999999999.99"), ("元", "5"), ("旗", "否"), ("日", "2009-12-31"), ("注", "好,坏"),
        ("注", "很好 的"), ("长", ""), ("长", "-0.000001"), ("编号", "430101-007"), ("编号", "001"),
        ("名称", "某某县"), ("类", "省级或部委"),
    ],
)  # fmt: skip
def test_plain_cells_of_every_kind_are_taken(tmp_path: Path, column: str, text: str) -> None:
    assert assert_as_read(tmp_path, column, text, "," if "," not in text else "\t")


near_numbers = st.text(alphabet="0123456789.-+eE%, _x", max_size=8)


@given(st.sampled_from(["a", "b", "件", "率", "元", "长", "编号", "名称", "注", "日"]), near_numbers)
@example("率", "1.%")
@example("率", "0.5%%")
@example("a", "9.999")
@example("件", "1e1")
@example("编号", "1e5")
@example("注", "1.5e5")
@example("日", "2009-02-29")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_looks_like_a_number_is_taken_only_as_what_it_says(tmp_path: Path, column: str, text: str) -> None:
    assert_as_read(tmp_path, column, text, "\t")


# ---------------------------------------------------------------- whole files, both ways


def watched(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the files that are read from here on are taken as plain."""
    taken: list[bool] = []

    def told(*arguments: object, **named: object) -> bool:
        taken.append(read_plain(*arguments, **named))  # type: ignore[arg-type]
        return taken[-1]

    monkeypatch.setattr(kaoping.bulk.load, "read_plain", told)
    return taken


def both_ways(path: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Outcome, list[bool]]:
    """What comes of a file, the same as in small and cell by cell; and whether it was taken as plain."""
    data = folder(path, subjects=content)
    taken = watched(monkeypatch)
    found = assert_same(PLAN, data)
    monkeypatch.setattr(kaoping.bulk.load, "read_plain", lambda *_, **__: False)
    (path / "out.csv").unlink(missing_ok=True)
    careful = in_bulk(PLAN, data, path / "out.csv")
    assert careful.told == found.told
    assert careful.rows == found.rows
    return found, taken


def test_a_clean_file_is_taken_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"a": f"{at % 10}.{at % 7}", "件": str(at % 101), "长": ""} for at in range(MANY)]
    found, taken = both_ways(tmp_path, table(*rows), monkeypatch)
    assert taken == [True]
    assert found.rows is not None
    assert len(found.rows) == MANY + 1


NEARLY = {
    "one cell is beyond its range": ("a", "10.01"),
    "one cell has a unit": ("件", "3起"),
    "one cell has a point and nothing behind it": ("件", "5."),
    "one cell has too many places": ("b", "3.55"),
    "one cell is a power of ten": ("a", "1e0"),
    "one cell is full-width": ("a", "９"),
    "one cell is in quotes": ("注", "好,坏"),
    "one cell goes over two lines": ("注", "好\n坏"),
    "one cell is guarded": ("注", "'=1"),
    "one day is not there": ("日", "2009-02-30"),
    "one label is unknown": ("类", "C"),
    "one label has a space": ("类", "A "),
    "one cell that is needed is empty": ("类", ""),
    "one id is empty": ("编号", ""),
    "one id stands twice": ("编号", "k1"),
    "one id is too long": ("编号", "x" * 201),
    "one name has two spaces": ("名称", "甲  乙"),
    "one cell is an error of Excel": ("率", "#N/A"),
}


@pytest.mark.parametrize("name", NEARLY)
def test_a_nearly_clean_file_is_what_it_is_cell_by_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    column, text = NEARLY[name]
    rows: list[dict[str, str]] = [{} for _ in range(MANY)]
    rows[MANY // 2] = {column: text}
    _, taken = both_ways(tmp_path, table(*rows), monkeypatch)
    assert taken == [name == "one id stands twice"]


@pytest.mark.parametrize("text", ["y\0", 'y "', '"y', "y\r", "\ry"])
def test_a_column_nobody_asks_for_is_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    count = 1 + HEAD_BYTES // len(table({}).splitlines()[1])  # what is read with the head is looked at there
    head, *lines = table(*({} for _ in range(count))).splitlines()
    content = "\n".join([f"{head},x", *(f"{line},y" for line in lines[:-1]), f"{lines[-1]},{text}\n"])
    taken = watched(monkeypatch)
    assert_same(PLAN, folder(tmp_path, subjects=content))
    assert taken == [False]


@pytest.mark.parametrize("column", FORMS)
def test_every_right_form_in_one_file_is_what_it_is_cell_by_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    both_ways(tmp_path, table(*({column: form} for form in right_forms(column))), monkeypatch)


# ---------------------------------------------------------------- whom records belong to

RECORDS = planned("scheme s\nperiod 2009\nrecords 案件\n  件 : count 0..100\nitem 基 10\nlet 数 = sum(件 over 案件)\n")
SUBJECTS = {
    "without gaps": "(VALUES (3), (4), (5), (6), (7))",
    "with gaps": "(VALUES (3), (4), (7))",
    "below nothing": "(VALUES (-2), (4), (7))",
    "far from each other": "(VALUES (3), (4), (9000000000))",
    "one of them twice, as many as without gaps": "(VALUES (3), (4), (4), (6), (7))",
}


@pytest.mark.parametrize(
    "records", ["(4), (7), (4)", "(4), (5)", "(2), (4)", "(4), (8)", "(4), (9000000000)", "(NULL)"]
)
@pytest.mark.parametrize("name", SUBJECTS)
def test_records_of_nobody_are_told_whatever_the_ids(tmp_path: Path, name: str, records: str) -> None:
    data = folder(tmp_path)
    parquet(data / "subjects.parquet", {"编号": "i", "基": "5"}, f"{SUBJECTS[name]} AS t(i)")
    parquet(data / "案件.parquet", {"编号": "i", "件": "1"}, f"(VALUES {records}) AS t(i)")
    found = in_bulk(RECORDS, data, tmp_path / "out.csv")
    with duckdb.connect() as connection:
        for each in ("subjects", "案件"):
            connection.execute(f"COPY (FROM '{data / each}.parquet') TO '{data / each}.csv' (HEADER true)")
            (data / f"{each}.parquet").unlink()
    small = assert_same(RECORDS, data)
    assert found.codes == small.codes
    assert found.rows == small.rows


def test_the_words_that_are_looked_up_are_words_for_yes_and_no() -> None:
    """What is looked up and means neither would silently mean no."""
    read = cell_reader(BOOL)
    assert {type(read(word)) for word in WORDS} == {bool}
    assert {read(word) for word in WORDS} == {True, False}

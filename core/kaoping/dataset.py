"""Data as an engine reads it: columns of values, and where each cell came from."""

from __future__ import annotations

from msgspec import Struct, field

from kaoping.types import Type, Value

EVIDENCE = "佐证"
"""How the column is called, behind the name of an item, that says whether there is evidence for it."""


class InputColumn(Struct, frozen=True):
    """A column that a data file has to bring.

    `required` is always, sometimes (decided per subject before evaluation) or never; `default` is what an empty cell
    means.
    """

    name: str
    type: Type
    required: str = "always"
    default: Value = None
    meaning: str | None = None


class InputTable(Struct, frozen=True):
    """A table that a data set has to bring: `name` as in `typed.Frame.table`, `label` as the author calls it.

    Params loaded with the data are the columns of a table named `typed.PARAMS`. A table of stored results says whose:
    `scheme` is the scheme that has to have made them, `by` the input of the subject that holds their id, `of` the
    column of theirs that holds the subject's id (neither: the subject's own id). `dated` is the field that dates the
    rows of records that count whatever their day.
    """

    name: str
    label: str
    columns: tuple[InputColumn, ...]
    scheme: str | None = None
    by: str | None = None
    of: str | None = None
    dated: str | None = None


class TableData(Struct):
    """Rows of one table, column by column.

    `owners` gives each row's subject by its index (empty for the subjects themselves). `file`, `sheet` and `rows` say
    where the rows stand, rows as a spreadsheet counts them; `headings` gives a column's heading as the file has it,
    `letters` its letter in a workbook. Where the rows come from several ledgers, `files` has that of each.
    `corrections` gives, by column and row, the entry of a registry by which a cell is another than in the file.
    """

    columns: dict[str, list[Value]]
    owners: list[int] = field(default_factory=list)
    file: str = ""
    sheet: str = ""
    rows: list[int] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    corrections: dict[str, dict[int, int]] = field(default_factory=dict)

    def place(self, row: int, column: str) -> str:
        """Where a cell stands, for people: `subjects.csv:5 指标考核`, `考评.xlsx[单位]:C5 指标考核`."""
        file = self.files[row] if self.files else f"{self.file}[{self.sheet}]" if self.sheet else self.file
        number = f":{self.letters.get(column, '')}{self.rows[row]}" if row < len(self.rows) else ""
        corrected = self.corrections.get(column, {}).get(row)
        return f"{file}{number} {self.headings.get(column, column)}" + (f" #{corrected}" if corrected else "")


class Dataset(Struct):
    """All that a run reads: the subjects in their order, the tables by name (`typed.SUBJECTS` for the subjects),
    the params loaded with them and where each stands.

    Tables of stored results have a column `period`, as the results write it. `left_out` are the subjects that
    `--skip-invalid` left out, as (id, name). `earlier_periods` are those with stored results of this scheme, of
    whatever subject, oldest first. `hashes` gives the SHA-256 of each file read, `encodings` how each text file was
    read.
    """

    ids: list[str]
    names: list[str]
    tables: dict[str, TableData]
    params: dict[str, Value] = field(default_factory=dict)
    param_places: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    earlier_periods: list[str] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)


class Ledger(Struct, frozen=True):
    """A table of records as a sector's system exports it, cut down to what a scheme reads.

    `table` is the name of the records, `headings` the columns under their names in the script (the subject's id among
    them), `rows` the cells as text with the row they stand in, counted from 1. `dropped` are the headings of columns
    left out because they hold personal data: their cells go nowhere.
    """

    table: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    dropped: tuple[str, ...] = ()

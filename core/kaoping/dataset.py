"""Data as an engine reads it: columns of values, and where each cell came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from kaoping.types import Type, Value


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A column that a data file has to bring.

    `required` is always, sometimes (decided per subject before evaluation) or never; `default` is what an empty cell means.
    """

    name: str
    type: Type
    required: str = "always"
    default: Value = None
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class InputTable:
    """A table that a data set has to bring: `name` as in `typed.Frame.table`, `label` as the author calls it."""

    name: str
    label: str
    columns: tuple[InputColumn, ...]


@dataclass(slots=True)
class TableData:
    """Rows of one table, column by column.

    `owners` gives each row's subject by its index (empty for the subjects themselves). `file`, `sheet` and `rows` say where
    the rows stand, rows as a spreadsheet counts them; `headings` gives a column's heading as the file has it.
    """

    columns: dict[str, list[Value]]
    owners: list[int] = field(default_factory=list)
    file: str = ""
    sheet: str = ""
    rows: list[int] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)

    def place(self, row: int, column: str) -> str:
        """Where a cell stands, for people: `subjects.csv:5 指标考核`."""
        sheet = f"[{self.sheet}]" if self.sheet else ""
        number = f":{self.rows[row]}" if row < len(self.rows) else ""
        return f"{self.file}{sheet}{number} {self.headings.get(column, column)}"


@dataclass(slots=True)
class Dataset:
    """All that a run reads: the subjects in their order, the tables by name (`typed.SUBJECTS` for the subjects), the params loaded with them.

    In `typed.HISTORY` every row has a column `period`. `left_out` are the subjects that `--skip-invalid` left out, as (id, name).
    `hashes` gives the SHA-256 of each file read.
    """

    ids: list[str]
    names: list[str]
    tables: dict[str, TableData]
    params: dict[str, Value] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

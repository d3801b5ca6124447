"""How long kaoping takes to begin: beside a bare typer program in the same environment."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import ENVIRONMENT, Table, kaoping, processes

HELLO = """
import typer
app = typer.Typer()

@app.command()
def hello(name: str = "world"):
    print("hello", name)

app()
"""
TIMES = 15
HEAVY = ("duckdb", "lark", "openpyxl", "pydantic", "rich", "sqlglot", "sqlite_utils")
IMPORTS = """
import sys
from kaoping import cli
cli.run(["--help"])
print(*sys.modules, file=sys.stderr)
"""


def main() -> None:
    """Measure the beginnings."""
    table = Table("Startup: fresh processes")
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        python = [sys.executable, "-c", "pass"]
        runs = processes(
            {
                "`python -c pass`": python,
                "a bare typer program": [sys.executable, str(hello)],
                "the same, `--help`": [sys.executable, str(hello), "--help"],
                "`kaoping --help`": kaoping("--help"),
                "`kaoping --version`": kaoping("--version"),
                "`kaoping schemes`": kaoping("schemes"),
            },
            TIMES,
        )
    for name, samples in runs.items():
        table.time(name, samples)
    typer_help = runs["the same, `--help`"]
    table.ratio("`kaoping --help` to a bare typer `--help`", runs["`kaoping --help`"], typer_help, most=1.3)
    table.ratio("`kaoping --version` to the same", runs["`kaoping --version`"], typer_help, most=1.3)
    table.note(_imports())


def _imports() -> str:
    """Which modules `--help` imports, told by how many, our own, and those that are slow to import."""
    line = [sys.executable, "-c", IMPORTS]
    done = subprocess.run(line, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    modules = done.stderr.split()
    ours = sorted(name for name in modules if name.partition(".")[0] in ("kaoping", "kaoping_dsl"))
    heavy = [name for name in HEAVY if name in modules]
    return (
        f"`kaoping --help` imports {len(modules)} modules, {len(ours)} of them ours ({', '.join(ours)}); "
        f"of {', '.join(HEAVY)}: {', '.join(heavy) or 'none'}."
    )


if __name__ == "__main__":
    main()

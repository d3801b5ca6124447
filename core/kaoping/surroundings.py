"""What a script can refer to beside itself: libraries of installed plugins, and other schemes by their name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from unicodedata import normalize

from msgspec import Struct, field

from kaoping.calendar import FUNCTIONS
from kaoping.functions import Function
from kaoping.plugins import LANGUAGE, load, load_scheme
from kaoping.scheme import Scheme, SchemeName
from kaoping.source import Source
from kaoping.types import Type

_HERE = Path(__file__).parent
# in a wheel the schemes lie inside the package, in a checkout at its top
SHIPPED = next((folder for folder in (_HERE / "schemes", _HERE.parents[1] / "schemes") if folder.is_dir()), None)


class Surroundings(Struct, frozen=True):
    """Where to look: `schemes` by name, the folder the script lies in, then the shipped schemes; libraries by name.

    `versions` are other versions of the script itself by the name a question gives them: the types of their results,
    which every subject has.
    """

    folder: Path | None = None
    libraries: dict[str, Scheme] = field(default_factory=dict)
    schemes: dict[str, Scheme] = field(default_factory=dict)
    versions: dict[str, dict[str, Type]] = field(default_factory=dict)
    _read: dict[str, Scheme] = field(default_factory=dict)  # schemes read before

    def library(self, name: str) -> Scheme | None:
        """The library that `use NAME` means, None where no installed plugin has it; one that only brings functions is
        empty.
        """
        if name in self.libraries:
            return self.libraries[name]
        plugin = load(name)
        if plugin is None:
            return None
        return plugin.library or Scheme(Source(name, ""), ())

    def functions(self, used: Iterable[str]) -> dict[str, list[tuple[Function, str | None]]]:
        """The functions a script that uses some plugins may call, by each of their names, each with its plugin (None:
        the platform's own calendar).
        """
        found: dict[str, list[tuple[Function, str | None]]] = {}
        for name in used:
            plugin = load(name)
            for function in plugin.functions if plugin else ():
                for each in function.names:
                    found.setdefault(each, []).append((function, name))
        for function in FUNCTIONS:
            for each in function.names:
                found.setdefault(each, []).append((function, None))
        return found

    def scheme(self, name: str) -> Scheme | None:
        """The scheme that calls itself `name`, None where there is none beside the script or among the shipped ones."""
        known = self.schemes.get(name) or self._read.get(name)
        if known is not None:
            return known
        for path in self._scripts():
            text = script_text(path)
            # a script that never mentions the name, in whatever width, cannot be the one: no need to parse it
            if text is not None and (name in text or normalize("NFKC", name) in normalize("NFKC", text)):
                scheme, _ = load_scheme(Source(str(path), text), path.suffix)
                if any(isinstance(each, SchemeName) and each.name == name for each in scheme.statements):
                    self._read[name] = scheme
                    return scheme
        return None

    def _scripts(self) -> Iterator[Path]:
        if self.folder is not None:
            yield from sorted(self.folder.glob(f"*{LANGUAGE}"))
        if SHIPPED is not None:
            yield from sorted(SHIPPED.glob(f"*/*{LANGUAGE}"))


def shipped_scripts() -> dict[str, Path]:
    """The shipped schemes by name: each is a folder with `scheme.kp`, sample data and notes."""
    if SHIPPED is None:
        return {}
    return {path.parent.name: path for path in sorted(SHIPPED.glob(f"*/scheme{LANGUAGE}"))}


def script_text(path: Path) -> str | None:
    """A script's text, with or without a byte order mark; None where it is not UTF-8 or cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None

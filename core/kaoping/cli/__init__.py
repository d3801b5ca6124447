"""The command line: `kaoping`. One module per command; what a command needs is imported when it runs.

Exit codes: 0 fine, 1 the script or the data have errors, 2 wrong usage, 3 not decided, 70 a fault of ours, 74 input or
output failed.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence

from kaoping.cli.arguments import taken_apart
from kaoping.cli.output import prepare_streams, warn
from kaoping.diagnostic import Stop
from kaoping.messages import Catalogue, chosen_language, words

FAULT, IO_FAILED = 70, 74
MOST_OF_FAULT = 200
"""Characters of what a plugin says of its fault that are shown."""
_IO = {
    errno.ENOENT: "missing",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "denied",
    errno.ENOSPC: "full",
    errno.EISDIR: "folder",
}


def main() -> None:
    """The program: run the command typed, leave with its exit code."""
    # a command makes much and throws little away: looking for garbage at Python's own pace costs up to a quarter
    gc.set_threshold(1_000_000)
    code = run(sys.argv[1:])
    gc.freeze()  # nor is there anything to look for at the end, which takes 25 to 40 ms
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a command and say how it ended as an exit code; nothing is raised, whatever happens inside."""
    prepare_streams()
    said = words(chosen_language(None))
    debug = "--debug" in arguments
    try:
        asked = taken_apart(arguments)
        debug = asked.debug
        said = words(chosen_language(asked.language))
        if not asked.plugins:
            from kaoping.plugins import plugins

            plugins().off = True
        code = _command(asked.rest, said)
        sys.stdout.flush()
    except Stop as stop:
        if _folder_is_gone():
            return _without_folder(said)
        _explain(said, f"{stop.phrases}.stop.{stop.reason}", stop.facts)
        return stop.code
    except (BrokenPipeError, SystemExit):  # whoever read our output has seen enough (typer makes an exit of it)
        _silence_output()
        return IO_FAILED
    except OSError as failed:
        if _folder_is_gone():
            return _without_folder(said)
        _silence_output()
        warn(f"kaoping: {_io_text(failed, said)}")
        return IO_FAILED
    except Exception as fault:
        if debug:
            import traceback

            traceback.print_exc()
        _apologise(fault, said)
        return FAULT
    return code


def _command(arguments: list[str], said: Catalogue) -> int:
    from typer import TyperException
    from typer.main import get_command

    from kaoping.cli.app import app
    from kaoping.cli.help import usage_text

    try:
        code = get_command(app).main(arguments, prog_name="kaoping", standalone_mode=False, obj=said)
    except TyperException as wrong:
        warn(usage_text(wrong, said))
        return 2
    return code if isinstance(code, int) else 0


def _explain(said: Catalogue, phrase: str, facts: dict[str, object]) -> None:
    comma = said("report.comma")
    told = {
        name: said.spelled(comma.join(map(str, fact)) if isinstance(fact, list) else str(fact))
        for name, fact in facts.items()
    }
    warn(f"kaoping: {said(f'{phrase}.text', **told)}")
    warn(f"  {said('report.help')}{said(f'{phrase}.help', **told)}")


def _folder_is_gone() -> bool:
    """Whether the folder we were started in was deleted meanwhile: then no relative path leads anywhere."""
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        return True
    return False


def _without_folder(said: Catalogue) -> int:
    _explain(said, "command.stop.folder_gone", {})
    return IO_FAILED


def _apologise(fault: Exception, said: Catalogue) -> None:
    from kaoping.plugins import SHIPPED, PluginError

    cause = fault.__cause__ or fault
    kind, what = type(cause).__name__, " ".join(str(cause).split())[:MOST_OF_FAULT]
    if isinstance(fault, PluginError) and fault.args[0] not in SHIPPED:
        warn(f"kaoping: {said('command.fault.plugin', kind=f'{kind}: {what}' if what else kind, plugin=fault.args[0])}")
    else:
        warn(f"kaoping: {said('command.fault.text', kind=kind)}")
    warn(f"  {said('report.help')}{said('command.fault.help')}")


def _io_text(failed: OSError, said: Catalogue) -> str:
    key = _IO.get(failed.errno or 0, "other")
    return said(f"command.io.{key}", path=failed.filename or "-", reason=failed.strerror or type(failed).__name__)


def _silence_output() -> None:
    """What is still to be flushed goes nowhere, so that the interpreter does not complain a second time."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return

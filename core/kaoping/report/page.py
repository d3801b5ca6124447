"""One page for a browser that needs nothing else: no scripts, no fonts, no network."""

from __future__ import annotations

from html import escape

from kaoping.report.width import visible

# No script at all: the page only opens and closes what the browser itself can open and close.
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font-family: "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; line-height: 1.6; \
max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }}
h1 {{ font-size: 1.3em; white-space: pre-wrap; }}
details, .leaf {{ border-left: 3px solid #ddd; padding-left: .8em; margin: .4em 0 .4em .4em; }}
summary {{ cursor: pointer; }}
.value {{ font-weight: bold; }}
.aside {{ color: #666; }}
dl {{ display: grid; grid-template-columns: minmax(3em, max-content) 1fr; gap: 0 .8em; margin: .2em 0; }}
dt {{ color: #666; }}
dd {{ margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.1em; margin: 1.2em 0 .2em; }}
ul {{ list-style: none; padding: 0; margin: .2em 0; }}
li {{ border-left: 3px solid #ddd; padding-left: .8em; margin: .3em 0; overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; margin: .4em 0; }}
th, td {{ border-bottom: 1px solid #ddd; padding: .1em .6em; text-align: left; vertical-align: top; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
li.added {{ border-color: #2a7d3c; }}
li.removed {{ border-color: #b3261e; }}
li.changed {{ border-color: #b26b00; }}
@media (max-width: 40em) {{ details, .leaf {{ padding-left: .4em; margin-left: 0; }} }}
@media print {{ .leaf, summary, dl {{ break-inside: avoid; }} summary {{ break-after: avoid; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
{content}
</body>
</html>
"""


def page(title: str, content: str, language: str) -> str:
    """A page of a title, which is text, and of content, which is HTML."""
    return _PAGE.format(language=language, title=escaped(title), content=content)


def escaped(text: str) -> str:
    """A text that shows as itself and does nothing."""
    return escape(visible(text))

"""What do Hexo, Jekyll, Hugo and kramdown take out of a text before anybody reads it?"""

import re

# Longer ones are no tags, and a bound keeps a text full of `{%` cheap.
_LONGEST = 2000
_ATTRIBUTES = re.compile(r"\{:\s*+(?:toc|[.#][\w-]++|[\w-]++=[\"'])[^{}\n]{0,300}+\}")
_ANCHOR = re.compile(r"\{#[\w.:-]{1,200}\}\s*$", re.ASCII)
_CAPTION = re.compile(r"""\b(?:title|caption|alt|alt-text|text)=(?:"([^"]*)"|'([^']*)')""")
_SHORTCODE = {"{{<": ">}}", "{{%": "%}}"}


def drop_templates(text: str) -> str:
    """``text`` without its ``{% … %}``; what stands between two of them stays."""
    if "{%" not in text:
        return text
    first, *others = text.split("{%")
    return first + "".join(map(_after_tag, others))


def _after_tag(piece: str) -> str:
    _, end, rest = piece[:_LONGEST].partition("%}")
    return rest + piece[_LONGEST:] if end else "{%" + piece


def read_template(text: str, at: int) -> tuple[str, int] | None:
    """What a reader sees of the template tag at ``at``, and its end; None where there is none."""
    if text.startswith(("{{<", "{{%"), at):
        return _read_shortcode(text, at)
    if text.startswith("{%", at):
        end = text.find("%}", at + 2, at + _LONGEST)
        return ("", end + 2) if end >= 0 else None
    found = _ATTRIBUTES.match(text, at) or _ANCHOR.match(text, at)
    return ("", found.end()) if found else None


def _read_shortcode(text: str, at: int) -> tuple[str, int] | None:
    closing = _SHORTCODE[text[at : at + 3]]
    end = text.find(closing, at + 3, at + _LONGEST)
    return (captions(text[at + 3 : end]), end + 3) if end >= 0 else None


def captions(arguments: str) -> str:
    """The titles and captions among ``name="value"`` arguments, which a page shows."""
    return " ".join(double or single for double, single in _CAPTION.findall(arguments))

"""Marks that are the same to a reader, each as the one that a keyboard has, or else as the lightest."""

from __future__ import annotations

TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u02bc\u00b4\u2032`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d\u300e\u300f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d", "-"),
        "\u2026": "...",
        "\u2714": "\u2713",
        **dict.fromkeys("\u2716\u2718", "\u2717"),
    }
)

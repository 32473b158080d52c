"""Letters of other scripts and fonts that look like ours, and the plain letter each stands for."""

from __future__ import annotations

import unicodedata

_PAIRS = (
    # Cyrillic
    "аaеeоoсcрpхxуyіiјjѕsԁdһhԛqԝwӏlкkмmтtнhвbпnиuгrьbѵvғfёeїiґrүyкk"
    "АAЕEОOСCРPХXУYІIЈJЅSԀDҺHԚQԜWӀLКKМMТTНHВBПNИUГRЬBѴVҒFЁEЇIҐRҮY"
    # Greek
    "αaβbγyεeηnιiκkνvοoρpτtυuχxωwςsσoάaέeίiόoύuήn"
    "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX"
    # Small capitals and letters of phonetics
    "ᴀaʙbᴄcᴅdᴇeɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzɑaɡgıiɩiʋvɯwɾrɫl"
)


def _with_marks() -> dict[int, str]:
    """Latin letters with a mark, each by its bare letter."""
    bare = {code: unicodedata.normalize("NFKD", chr(code))[0] for code in range(0xC0, 0x250)}
    return {code: letter for code, letter in bare.items() if letter.isascii()}


LOOKALIKES = _with_marks() | {
    ord(other): plain for other, plain in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)
}
"""For `str.translate`; each entry is one letter for one letter, in both cases."""

"""Whether a comment asks something, by its words alone: for rules that must let a question be.

"Is this a replica?" is a buyer's question, "replica, best quality" an offer. The model's intent says it better; this
serves where no model is heard, and within one clause.
"""

from __future__ import annotations

import re
from typing import Final

from streambot.core.canonical import canonical

_ASKING: Final = re.compile(
    r"\?|"
    + canonical("ไหม|มั้ย|รึเปล่า|หรือเปล่า|หรือป่าว|ยังไง|เท่าไหร่|เท่าไร|อะไร|ใช่มั้ย|หรอ(?![\u0e31-\u0e4e])")
    + r"|吗|嘛|么|有没有|能不能|可不可以|是不是|会不会|多少|怎么"
    + r"|(?:^|[^\w])(?:không|khong|hông|hong|hok|ko|chưa|hả|bao nhiêu|thế nào)(?:$|[^\w])"
    + r"|(?:^|[^\w])(?:apa|apakah|bisa|gak|ga|nggak|kah|boleh|berapa|gimana)(?:$|[^\w])"
    + r"|(?:^|[,.!] ?)(?:do|does|did|is|are|can|could|will|what|how|where|which|any) "
)


def is_asking(text: str) -> bool:
    """Whether a canonical text, or a clause of one, is worded as a question in English, zh, th, vi or id."""
    return _ASKING.search(text) is not None

"""Whether a comment asks something, by its words alone: for rules that must let a question be.

"Is this a replica?" is a buyer's question, "replica, best quality" an offer. The model's intent says it better; this
serves where no model is heard, and within one clause.
"""

from __future__ import annotations

import re
from typing import Final

# Thai and Chinese write no spaces; elsewhere a word asks where it stands alone, and "không" or "gak" only at the end.
_ASKING: Final = re.compile(
    r"\?"
    r"|ไหม|มั้ย|รึเปล่า|หรือเปล่า|หรือป่าว|ยังไง|เท่าไหร่|เท่าไร|อะไร"
    r"|吗|嘛|么|有没有|能不能|可不可以|是不是|会不会|多少|怎么"
    r"|(?:^|\W)(?:bao nhiêu|bao nhieu|thế nào|the nao)(?:$|\W)"
    r"|(?:^|\W)(?:không|khong|hông|hong|hok|ko|chưa|hả)(?: (?:ạ|a|shop|vậy|v|nhỉ|em|bạn|ad|chị|anh))*\W*$"
    r"|(?:^|\W)(?:apa|apakah|berapa|gimana)(?:$|\W)|(?:^|^(?:kak|kk|min|sis|gan) )(?:bisa|boleh|ada) "
    r"|(?:^|\W)(?:gak|ga|nggak|engga|kah)(?: (?:kak|kk|min|sis|gan|ya))*\W*$"
    r"|(?:^|[,.!] ?)(?:do|does|did|is|are|can|could|will|what|how|where|which|any) "
)


def is_asking(text: str) -> bool:
    """Whether a canonical text, or a clause of one, is worded as a question in English, zh, th, vi or id."""
    return _ASKING.search(text) is not None

"""Whether what the model reads as a complaint is evident enough for a ticket: a person works on each for hours.

Strong words are used in delight as well ("dangerous, I ate the bag"), and a model that has to choose takes them for
anger. Who names a defect has a ticket however unsure the model is; who only praises has none.
"""

from __future__ import annotations

from typing import Final

from streambot.core.canonical import canonical
from streambot.core.concerns import Concern, concern_of
from streambot.core.evident import bears_out
from streambot.core.fact_words import words
from streambot.core.labels import Intent

SURE: Final = 0.6
"""Score from which a complaint needs no word of its own to be believed."""

_PRAISE: Final = words(
    "love|loved|loving|obsessed|amazing|awesome|perfect|gorgeous|beautiful|so good|so soft|so cute|wow|made my day"
    "|worth it|worth every|recommend|impressed|happy with|comfy|lasted|holds up|lifesaver|life saver|as good|delicious"
    "|five stars|5 stars|great|best"
    "|好看|好用|好吃|好香|真香|喜欢|爱了|绝了|太棒|很棒|满意|惊喜|推荐|回购|舒服|顺滑|值得|超值|良心|物超所值|爽"
    "|ชอบ|ดีมาก|สวย|น่ารัก|อร่อย|คุ้ม|เริ่ด|ปัง|ประทับใจ|เลิศ|รักเลย|นุ่ม|หอม|กรอบ|แนะนำ"
    "|đẹp|xịn|thích|mê|ưng|tuyệt|ngon|xuất sắc|đáng tiền|êm|thơm|hài lòng|ủng hộ"
    "|suka|bagus|cakep|keren|mantap|mantul|enak|enaknya|wangi|wanginya|nyaman|puas|rekomen|recommended|lembut|juara"
)
"""Words of praise, few and plain."""
_TURNED: Final = words(
    "not|no|never|none|but|wasn't|isn't|don't|doesn't|didn't|won't|can't|until|yet|though|wish|used to|supposed"
    "|不|没|但|可是|然而|却|才|ไม่|แต่|ยัง|ทำไม|không|ko|hông|chưa|nhưng|mà|chẳng|gak|ga|nggak|ngga|tidak|tdk|belum"
    "|blm|tapi|bukan|malah|jelek"
)
"""Words that turn praise into its opposite, or lead from it to a complaint."""


def is_evident_complaint(text: str, score: float) -> bool:
    """Whether a comment that the model takes for a complaint, with this score, opens a ticket."""
    folded = canonical(text)
    if concern_of(Intent.COMPLAINT, text) is not Concern.COMPLAINT or bears_out(Intent.COMPLAINT, folded):
        return True
    if _PRAISE.search(folded) is not None and _TURNED.search(folded) is None:
        return False
    return score >= SURE

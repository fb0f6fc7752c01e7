"""The wire names of moderation labels, intents and languages (LABELS.md).

They stand in the log, the API, the packs, the training data and the reports, so a name is never reused for
another meaning.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Label(StrEnum):
    """A moderation label; a comment carries any number of them, none means compliant."""

    HARASSMENT = "harassment"
    HATE = "hate"
    SEXUAL = "sexual"
    VIOLENCE = "violence"
    MINORS = "minors"
    SPAM = "spam"
    SCAM = "scam"
    GAMBLING = "gambling"
    DIVERSION = "diversion"
    COUNTERFEIT = "counterfeit"
    PROHIBITED_GOODS = "prohibited_goods"
    MISLEADING_CLAIM = "misleading_claim"
    PERSONAL_DATA = "personal_data"


class Intent(StrEnum):
    """What the viewer wants; a comment has exactly one."""

    PRICE = "question.price"
    STOCK = "question.stock"
    SIZE_FIT = "question.size_fit"
    SHIPPING = "question.shipping"
    RETURNS = "question.returns"
    ORDER_STATUS = "question.order_status"
    PRODUCT = "question.product"
    AUTHENTICITY = "question.authenticity"
    PROMO = "question.promo"
    PAYMENT = "question.payment"
    HOW_TO_BUY = "question.how_to_buy"
    OTHER = "question.other"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    PURCHASE = "purchase"
    REQUEST = "request"
    GREETING = "greeting"
    CHITCHAT = "chitchat"
    NOISE = "noise"

    @property
    def is_question(self) -> bool:
        """Whether the comment asks something that an answer could settle."""
        return self.value.startswith("question.")


SEVERE: Final = frozenset({Label.HATE, Label.SEXUAL, Label.VIOLENCE, Label.MINORS})
"""Labels for which harm beats regret: they go to the top of the queue and are acted on without delay."""

LANGUAGES: Final = ("en", "zh", "th", "vi", "id", "ms", "tl", "es", "other")
"""ISO 639-1 codes the classifier tells apart, in the order of its output."""

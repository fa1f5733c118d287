"""Family C, 3xx: pictures in a conversation."""

from dataprep.finding import Severity
from dataprep.rules.rule import Basis, Grain, Rule

_VISION = "OpenAI's vision fine-tuning guide"
_TOGETHER = "together 1.5.35, check_file"
_SEEING = ("openai-chat", "reinforcement")

RULES = (
    Rule(
        code="C301",
        name="picture-of-the-assistants",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold a picture in a message that is not the user's",
        why="The platforms read pictures in user messages only, and refuse the file.",
        remedy="Move the picture to a user message.",
        targets=_SEEING,
        basis=Basis.DOCUMENTED,
        source=_VISION + "; " + _TOGETHER,
        date="2026-11",
        provider_message="The dataset is malformed, only user messages can contain images.",
        bad='{"role": "assistant", "content": [{"type": "image_url", ...}]}',
        good='{"role": "user", "content": [{"type": "image_url", ...}]}',
    ),
    Rule(
        code="C302",
        name="too-many-pictures",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold more than ten pictures",
        why="OpenAI and Azure train on ten in an example at most, and Together refuses the file.",
        remedy="Split the example, or leave pictures out.",
        targets=_SEEING,
        basis=Basis.DOCUMENTED,
        source=_VISION + "; " + _TOGETHER,
        date="2026-11",
        provider_message=(
            "The dataset is malformed, the `messages` must contain at most 10 images. Found "
            "11 images."
        ),
        bad='"content": [{"type": "image_url", ...}, ... 11 of them]',
        good='"content": [{"type": "image_url", ...}, ... 10 of them]',
    ),
    Rule(
        code="C303",
        name="type-of-a-picture",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold a picture that is not JPEG, PNG or WEBP",
        why="OpenAI skips the picture without a word, and trains on a question about nothing.",
        remedy="Save the picture as JPEG, PNG or WEBP.",
        targets=_SEEING,
        basis=Basis.DOCUMENTED,
        source=_VISION,
        date="2026-11",
        bad='"url": "data:image/gif;base64,R0lGODlh..."',
        good='"url": "data:image/png;base64,iVBORw0KGgo..."',
    ),
    Rule(
        code="C304",
        name="broken-picture",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold a picture whose bytes are not base64, or not of the type that is named",
        why="It cannot be read: it is skipped, or the job fails.",
        remedy="Encode the picture again, and name its true type.",
        targets=_SEEING,
        basis=Basis.DOCUMENTED,
        source=_VISION + ": a bad format is skipped",
        date="2026-11",
        bad='"url": "data:image/png;base64,/9j/4AAQ..."   (this is a JPEG)',
        good='"url": "data:image/jpeg;base64,/9j/4AAQ..."',
    ),
    Rule(
        code="C305",
        name="picture-too-large",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold a picture of more than 10 MB",
        why="OpenAI skips the picture, Together refuses the file.",
        remedy="Make the picture smaller; training scales it down anyway.",
        targets=_SEEING,
        basis=Basis.DOCUMENTED,
        source=_VISION + "; " + _TOGETHER,
        date="2026-11",
        provider_message=(
            "The dataset is malformed, the `url` field must contain base64-encoded image "
            "that is less than 10MB, found ~11534336 bytes."
        ),
        bad='"url": "data:image/png;base64,..."   (11 MB)',
        good='"url": "data:image/png;base64,..."   (1 MB)',
    ),
    Rule(
        code="C306",
        name="picture-is-not-at-a-url",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="name a file, or anything else that is neither http(s) nor data, as a picture",
        why="The platform cannot reach it: the picture is skipped, the question stays.",
        remedy="Put the picture's bytes into a data: URL.",
        targets=_SEEING,
        basis=Basis.DOCUMENTED,
        source=_VISION + ": an inaccessible URL is skipped",
        date="2026-11",
        bad='"url": "/home/ada/cat.png"',
        good='"url": "data:image/png;base64,iVBORw0KGgo..."',
    ),
    Rule(
        code="C307",
        name="picture-over-plain-http",
        grain=Grain.EXAMPLE,
        severity=Severity.INFO,
        summary="fetch a picture over plain http",
        why="What is trained on can be changed on its way, and many hosts no longer answer.",
        remedy="Write https, or put the picture's bytes into a data: URL.",
        targets=_SEEING,
        basis=Basis.ADVICE,
        source="dataprep",
        date="2026-11",
        bad='"url": "http://example.com/cat.png"',
        good='"url": "https://example.com/cat.png"',
    ),
    Rule(
        code="C308",
        name="picture-by-url",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="name a picture by its URL where only its bytes are taken",
        why="Together and Fireworks fetch nothing: they refuse the file.",
        remedy="Put the picture's bytes into a data: URL.",
        targets=("together", "fireworks"),
        basis=Basis.OBSERVED,
        source=_TOGETHER + "; docs.fireworks.ai (vision fine-tuning)",
        date="2025-12",
        provider_message=(
            "The dataset is malformed, the `url` field must be either a JPEG, PNG or WEBP "
            "base64-encoded image in 'data:image/<format>;base64,<base64_encoded_image>' "
            "format."
        ),
        bad='"url": "https://example.com/cat.png"',
        good='"url": "data:image/png;base64,iVBORw0KGgo..."',
    ),
    Rule(
        code="C309",
        name="parts-beside-text",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="write some contents as parts and others as a string, in one conversation",
        why="Together refuses such a mixture.",
        remedy="Write every content as a list of parts.",
        targets=("together",),
        basis=Basis.OBSERVED,
        source=_TOGETHER,
        date="2025-12",
        provider_message=(
            "Messages in the conversation must be either all in multimodal or all in "
            "text-only format."
        ),
        bad='[{"role": "user", "content": [{...}]}, {"role": "assistant", "content": "A cat."}]',
        good='[{"role": "user", "content": [{...}]}, {"role": "assistant", "content": '
        '[{"type": "text", "text": "A cat."}]}]',
    ),
)

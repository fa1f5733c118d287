"""A project of doccano with three members, exported by doccano's own code; SQLite, no server."""

import os
import shutil
import sys
from pathlib import Path

import backend

out = Path(sys.argv[1]).resolve()
sys.path.insert(0, str(Path(backend.__file__).parent))
os.chdir(out)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings.development",
    "DATABASE_URL": f"sqlite:///{out}/db.sqlite3",
    "SECRET_KEY": "of a test",
}

import django  # noqa: E402

django.setup()

from data_export.celery_tasks import export_dataset  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from examples.models import Comment, Example  # noqa: E402
from label_types.models import RelationType, SpanType  # noqa: E402
from labels.models import Relation, Span  # noqa: E402
from projects.models import Member, ProjectType, SequenceLabelingProject  # noqa: E402
from roles.models import Role  # noqa: E402

settings.MEDIA_ROOT = str(out)
call_command("migrate", verbosity=0)
call_command("create_roles", verbosity=0)
users = [get_user_model().objects.create_user(username=name) for name in ("alice", "bob", "carl")]
roles = {role.name: role for role in Role.objects.all()}
TEXTS = ("Hi 😀 Bob in Rome", "Ann left Rome.\r\nBob too.", "Nobody came.")


def units(text: str, word: str) -> dict[str, int]:
    """The place of a word as doccano's editor sends it: in UTF-16 units."""
    at = text.index(word)
    first, last = (len(text[:end].encode("utf-16-le")) // 2 for end in (at, at + len(word)))
    return {"start_offset": first, "end_offset": last}


for name, related in (("spans", False), ("relations", True)):
    project = SequenceLabelingProject.objects.create(
        name=name,
        description=name,
        created_by=users[0],
        project_type=ProjectType.SEQUENCE_LABELING,
        use_relation=related,
    )
    for user, role in zip(users, ("project_admin", "annotator", "annotator"), strict=True):
        Member.objects.get_or_create(project=project, user=user, defaults={"role": roles[role]})
    first, second, _ = (
        Example.objects.create(project=project, text=text, meta={"src": "mail"} if not at else {})
        for at, text in enumerate(TEXTS)
    )
    person, place = (SpanType.objects.create(project=project, text=t) for t in ("PER", "LOC"))

    def mark(example: Example, user: int, label: SpanType, word: str) -> Span:
        """One span of one member."""
        spot = units(example.text, word)
        return Span.objects.create(example=example, user=users[user], label=label, **spot)

    bob, rome = mark(first, 0, person, "Bob"), mark(first, 0, place, "Rome")
    mark(first, 1, person, "Bob")
    mark(second, 1, person, "Ann")
    Comment.objects.create(example=first, user=users[0], text="unsure")
    if related:
        kind = RelationType.objects.create(project=project, text="in")
        ends = {"from_id": bob, "to_id": rome}
        Relation.objects.create(example=first, user=users[0], type=kind, **ends)
    shutil.move(export_dataset(project.id, "JSONL", False), out / f"{name}.zip")

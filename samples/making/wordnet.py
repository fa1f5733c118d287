"""Read WordNet 3.0 from Debian's `wordnet-base`: the texts of the samples, and their truth.

The database is fetched into a folder that the caller throws away; it is never kept here. File
formats: wndb(5WN) and lexnames(5WN).
"""

import dataclasses
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "wordnet-base"
POINTER_IS_INSTANCE = "@i"
POINTERS_UP = ("@", "@i")
POINTER_PERTAINS = "\\"
LEXICOGRAPHER_FILES = {
    "05": "noun.animal",
    "08": "noun.body",
    "13": "noun.food",
    "15": "noun.location",
    "18": "noun.person",
    "20": "noun.plant",
    "23": "noun.quantity",
    "28": "noun.time",
}
_QUOTED = re.compile(r'"([^"]*)"')
_FIRST_EXAMPLE = re.compile(r';\s*"')


@dataclasses.dataclass(frozen=True, slots=True)
class Synset:
    """One meaning: its words, its definition, sentences that use it, and where it hangs."""

    id: str
    file: str
    lemmas: tuple[str, ...]
    definition: str
    examples: tuple[str, ...]
    pointers: tuple[tuple[str, str], ...]

    @property
    def is_instance(self) -> bool:
        """Whether it names one thing (Beethoven) and not a kind of thing (composer)."""
        return any(kind == POINTER_IS_INSTANCE for kind, _ in self.pointers)


@dataclasses.dataclass(frozen=True, slots=True)
class WordNet:
    """All synsets by id (`07697537-n`), and each lemma's synsets, the commonest sense first."""

    synsets: dict[str, Synset]
    senses: dict[tuple[str, str], tuple[str, ...]]

    def of_file(self, file: str) -> list[Synset]:
        """The synsets of one lexicographer file, in the order of the database."""
        return [synset for synset in self.synsets.values() if synset.file == file]

    def first(self, lemma: str, file: str) -> str:
        """The commonest sense of a noun in one lexicographer file."""
        return next(id for id in self.senses["n", lemma] if self.synsets[id].file == file)

    def ancestors(self, id: str) -> set[str]:
        """All hypernyms of a synset, itself among them."""
        found: set[str] = set()
        todo = [id]
        while todo:
            current = todo.pop()
            if current in found:
                continue
            found.add(current)
            pointers = self.synsets[current].pointers
            todo += [target for kind, target in pointers if kind in POINTERS_UP]
        return found


def fetch(folder: Path) -> Path:
    """Download and unpack the Debian package into `folder`; return the database's folder.

    On a machine without `apt-get`, pass the folder of any WordNet 3.0 `dict` to `read` instead.
    """
    # apt-get drops its rights for the download where it can, hence the world-writable folder.
    folder.chmod(0o777)
    subprocess.run(["apt-get", "download", "-q", PACKAGE], cwd=folder, check=True)
    package = next(folder.glob(f"{PACKAGE}_*.deb"))
    subprocess.run(["dpkg-deb", "-x", package.name, "unpacked"], cwd=folder, check=True)
    return folder / "unpacked" / "usr" / "share" / "wordnet"


def read(folder: Path) -> WordNet:
    """Read the nouns, verbs and adjectives of a WordNet 3.0 database folder."""
    synsets: dict[str, Synset] = {}
    senses: dict[tuple[str, str], tuple[str, ...]] = {}
    for part, letter in (("noun", "n"), ("verb", "v"), ("adj", "a")):
        for line in _entries(folder / f"data.{part}"):
            synset = _synset(line, letter)
            synsets[synset.id] = synset
        for line in _entries(folder / f"index.{part}"):
            lemma, offsets = _senses(line)
            senses[letter, lemma] = tuple(f"{offset}-{letter}" for offset in offsets)
    return WordNet(synsets, senses)


def _entries(path: Path) -> Iterator[str]:
    with path.open(encoding="ascii") as lines:
        for line in lines:
            if not line.startswith("  "):  # the licence at the head is indented
                yield line.rstrip()


def _synset(line: str, letter: str) -> Synset:
    head, _, gloss = line.partition(" | ")
    fields = head.split(" ")
    words = int(fields[3], 16)
    lemmas = tuple(_plain(fields[4 + 2 * i]) for i in range(words))
    first = 4 + 2 * words
    count = int(fields[first])
    pointers = tuple(
        (fields[at], f"{fields[at + 1]}-{fields[at + 2].replace('s', 'a')}")
        for at in range(first + 1, first + 1 + 4 * count, 4)
    )
    definition, examples = _gloss(gloss.strip())
    file = LEXICOGRAPHER_FILES.get(fields[1], fields[1])
    return Synset(f"{fields[0]}-{letter}", file, lemmas, definition, examples, pointers)


def _gloss(gloss: str) -> tuple[str, tuple[str, ...]]:
    """Split `definition; "example"; "example"- Author`; the authors' names are left out."""
    first = _FIRST_EXAMPLE.search(gloss)
    at = first.start() if first else len(gloss)
    examples = tuple(text.strip() for text in _QUOTED.findall(gloss[at:]))
    return gloss[:at].strip(" ;"), examples


def _senses(line: str) -> tuple[str, list[str]]:
    fields = line.split(" ")
    return _plain(fields[0]), fields[-int(fields[2]) :]


def _plain(word: str) -> str:
    """A lemma as people write it: no underscores, no adjective marker such as `(p)`."""
    return re.sub(r"\((?:a|p|ip)\)$", "", word).replace("_", " ")

"""`dataprep check` on a generated chat file, beside what people run otherwise.

Every reader works in a process of its own, on one core unless it says otherwise; what counts are
the ratios within one run, by processor time.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER = "together==1.5.35"
NAMES = {
    "check": "dataprep check, all default rules but two",
    "msgspec": "msgspec alone, line by line",
    "jsonschema": "a plain jsonschema loop (first 5 MB)",
    "together": "together 1.5.35 check_file",
}
"""The two rules left out are token counts, which nobody asked for, and near-duplicates."""

EXPECTED = {"jsonschema": 20.0, "together": 3.0, "msgspec": 1 / 3}
_WORDS = """
the of and to in is that it for was on are as with his they at be this from have or by one had
not but what all were when we there can an your which their said if do will each about how up
out them then she many some so these would other into has more her two like him see time could
no make than first been its who now people my made over did down only way find use may water
long little very after words called just where most know get through back much before go good
new write our used me man too any day same right look think also around another came come work
three word must because does part even place well such here take why things help put years
different away again off went old number great tell men say small every found still between
name should Mr home big give air line set own under read last never us left end along while
might next sound below saw something thought both few those always looked show large often
together asked house don't world going want school important until form food keep children
""".split()  # noqa: SIM905
_RARE = ("café", "naïve", "“quoted”", "it’s", 'said "yes"', "\n", "\n\n", "2026", "42 %", "e.g.")


def write_chat(path: Path, size: int, seed: int = 1) -> int:
    """A chat file of about `size` bytes: 2 to 8 messages and 200 to 3,000 bytes a row."""
    dice = random.Random(seed)
    words = [*_WORDS * 20, *_RARE]
    rows = written = 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            turns = dice.randint(1, 4)
            each = max(4, (int(dice.uniform(200, 3000)) - 110 * turns) // (11 * turns))
            first = {"role": "system", "content": "You answer in short."}
            said = [first] * (dice.randint(0, 1) if turns < 4 else 0)
            for _ in range(turns):
                for role, share in (("user", 0.5), ("assistant", 1.5)):
                    number = max(3, int(dice.gauss(each, each / 4) * share))
                    said.append({"role": role, "content": " ".join(dice.choices(words, k=number))})
            line = json.dumps({"messages": said}, ensure_ascii=False) + "\n"
            written += len(line.encode())
            file.write(line)
            rows += 1
    return rows


def work_of(name: str, path: Path) -> Callable[[], object]:
    """What a process does, ready to run: imports are made."""
    if name == "check":
        from dataprep import checker, checks

        context = checks.Context(near_duplicates=False)
        return lambda: sum(1 for _ in checker.check([path], context=context))
    if name == "msgspec":
        import msgspec

        decode = msgspec.json.Decoder().decode
        return lambda: sum(1 for line in path.open("rb") if decode(line))
    if name == "jsonschema":
        import jsonschema

        schema = json.loads((ROOT / "schemas" / "openai-chat.schema.json").read_text("utf-8"))
        valid = jsonschema.Draft202012Validator(schema).is_valid
        return lambda: [valid(json.loads(line)) for line in path.open("rb")]
    from together.utils import check_file  # type: ignore[import-not-found]

    return lambda: check_file(path)


def measure(name: str, path: Path) -> None:
    """Run one reader here and print its figures as JSON."""
    work = work_of(name, path)
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    figures = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": found if isinstance(found, int) else len(found),  # type: ignore[arg-type]
    }
    print(json.dumps(figures))


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this table."""
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=2)


def main(options: argparse.Namespace) -> None:
    """Generate, measure in turns, print."""
    with tempfile.TemporaryDirectory(prefix="dataprep-bench-") as name:
        folder = Path(name)
        path, short = folder / "chat.jsonl", folder / "short.jsonl"
        rows = write_chat(path, options.megabytes * 1_000_000)
        write_chat(short, 5_000_000)
        peer = _peer(folder)
        size = path.stat().st_size / 1e6
        print(f"a chat file of {size:.0f} MB, {rows:,} rows; {options.rounds} rounds, the best\n")
        print(f"{'':44}{'MB/s cpu':>10}{'MB/s wall':>10}{'RSS MB':>8}{'found':>7}")
        speeds: dict[str, float] = {}
        for reader, said in NAMES.items():
            file = short if reader == "jsonschema" else path
            python = peer if reader == "together" else sys.executable
            runs = [_run(python, reader, file) for _ in range(options.rounds)]
            best = min(runs, key=lambda run: run["cpu_s"])
            read = file.stat().st_size / 1e6
            speeds[reader] = read / best["cpu_s"]
            print(
                f"{said:44}{speeds[reader]:10.0f}{read / best['wall_s']:10.0f}"
                f"{best['rss_mb']:8.0f}{best['found']:7.0f}"
            )
    print()
    for reader, expected in EXPECTED.items():
        ratio = speeds["check"] / speeds[reader]
        print(f"against {NAMES[reader]}: {ratio:.2f}x (expected: at least {expected:.2f}x)")


def _run(python: str | Path, reader: str, path: Path) -> dict[str, float]:
    command = [str(python), str(Path(__file__).resolve()), reader, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{reader} failed:\n{done.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _peer(folder: Path) -> Path:
    """Python of a virtual environment with together alone."""
    venv.create(folder / "peer", with_pip=True)
    python = folder / "peer" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", PEER], check=True)
    return python


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] in NAMES:
        sys.path.insert(0, str(ROOT))
        measure(sys.argv[1], Path(sys.argv[2]))
    else:
        parser = argparse.ArgumentParser(description=__doc__)
        add_options(parser)
        main(parser.parse_args())

"""The curves of a training as one SVG file: losses above, accuracies below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 720, 240, 48
COLOURS = ("#1f6feb", "#d1242f", "#8250df", "#1a7f37")


def plot(rows: Sequence[Mapping[str, float]], panels: Sequence[Sequence[str]]) -> str:
    """One panel for each group of names that the rows hold; steps run to the right."""
    there = [[n for n in names if any(n in row for row in rows)] for names in panels]
    there = [names for names in there if names]
    height = HEIGHT * max(len(there), 1)
    parts = [_panel(rows, names, place * HEIGHT) for place, names in enumerate(there)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n' + "".join(parts) + "</svg>\n"
    )


def _panel(rows: Sequence[Mapping[str, float]], names: Sequence[str], top: int) -> str:
    steps = [row["step"] for row in rows]
    values = [row[name] for row in rows for name in names if name in row]
    left, right = min(steps), max(steps)
    low, high = min(values), max(values)
    base = top + HEIGHT - MARGIN
    out = [
        f'<path d="M{MARGIN} {top + MARGIN // 2}V{base}H{WIDTH - MARGIN}" fill="none" '
        'stroke="#888"/>\n',
        _text(MARGIN - 6, top + MARGIN // 2 + 4, f"{high:.4g}", "end"),
        _text(MARGIN - 6, base, f"{low:.4g}", "end"),
        _text(MARGIN, base + 16, f"step {left:g}", "start"),
        _text(WIDTH - MARGIN, base + 16, f"{right:g}", "end"),
    ]
    for number, name in enumerate(names):
        points = " ".join(
            f"{_scaled(row['step'], left, right, MARGIN, WIDTH - MARGIN):.1f},"
            f"{_scaled(row[name], low, high, base, top + MARGIN // 2):.1f}"
            for row in rows
            if name in row
        )
        colour = COLOURS[number % len(COLOURS)]
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>\n')
        out.append(_text(MARGIN + 12 + number * 200, top + 16, name, "start", colour))
    return "".join(out)


def _scaled(value: float, low: float, high: float, start: float, end: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return start + share * (end - start)


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#444") -> str:
    said = escape(words)
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{said}</text>\n'

"""Templates that ask for any memory and any time, for both engines, and a run of them in limits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OFTEN = "{% for i in range(80) %}"
LONG = "{% set x = 'x' * 1000000 %}{% for i in range(100000) %}"
END = "{% endfor %}"

FORMATS = """
{{ '%1000000000d' | format(1) }}
{{ '%1000000000d' % 1 }}
{{ '%(a(b)c)9000000000d' % {'a(b)c': 1} }}
{{ '%(a(b)c).9000000000f' | format(**{'a(b)c': 1.5}) }}
{{ ('%(' * 1000000) % {'a': 1} }}
{{ '%*d' % (1000000000, 1) }}
{{ '%.1000000000f' % 1.5 }}
{{ ('%' ~ '1000000000d') % 1 }}
{{ ['%1000000000d'] | map('format', 1) | join }}
{{ ('%s' * 100000) % (('x' * 100000,) * 100000) }}
{{ ('%(a)s' * 100000) | format(a='x' * 100000) }}
{{ '{:>1000000000}'.format(1) }}
{{ '{:>{w}}'.format(1, w=1000000000) }}
{{ '{:.1000000000f}'.format(1.5) }}
{{ ('{:' ~ '0' * 1001 ~ '1000000000}').format(1) }}
{{ ('{0}' * 100000).format('x' * 100000) }}
{{ '{a:>1000000000}'.format_map({'a': 1}) }}
{{ ('{:>1000000000}' | attr('format'))(1) }}
{{ 'x' | center(1000000000) }}
{{ 'x'.center(1000000000) }}
{{ 'x'.ljust(1000000000) }}
{{ 'x'.rjust(1000000000) }}
{{ 'x'.zfill(1000000000) }}
{{ '\\t'.expandtabs(1000000000) }}
{{ ('\\n' * 100000) | indent(100000) }}
{{ ('\\n' * 100000) | indent('x' * 100000, true, true) }}
{{ '%1000000000d' is divisibleby(1) }}
{{ '%1000000000d' is even }}
{{ ['%1000000000d'] | select('odd') | list }}
{{ ('%(' * 5000000) % 1 }}
{{ '%(a(b))1000000000d' % {'a(b)': 1} }}
{{ strftime_now('%1000000000d') }}
{{ strftime_now('%-_1000000000d') }}
{{ strftime_now('%E1000000000d') }}
""".splitlines()

REPEATED = """
{{ 'x' * 10000000000 }}
{{ 10000000000 * 'x' }}
{{ [0] * 10000000000 }}
{{ (0,) * 10000000000 }}
{{ 2 ** 1000000000 }}
{{ ('x' * 1000000) | replace(new='y' * 100000, old='x') }}
{{ dict.fromkeys(range(0, 230581737169116225671049, 2305843009213693951)) }}
{{ range(0, 99999 * 2305843009213693951, 2305843009213693951) | unique | list }}
{{ range(10000) | list | sort(attribute='real,' * 100000) | length }}
{{ range(10000) | map(attribute=('real.' * 100000)[:-1]) | list | length }}
{{ range(10000) | sum(attribute=('real.' * 100000)[:-1]) }}
{{ range(10000) | max(attribute=('real.' * 100000)[:-1]) }}
{{ range(10000) | groupby(('real.' * 100000)[:-1]) }}
{{ range(10000) | unique(attribute=('real.' * 100000)[:-1]) | list }}
{{ range(10000) | join(',', attribute=('real.' * 100000)[:-1]) }}
{{ range(10000) | selectattr(('real.' * 100000)[:-1]) | list }}
{{ 'x' | replace('', 'x' * 100000) | replace('x', 'x' * 100000) | replace('x', 'x' * 100000) }}
{{ ('x' * 100000).replace('x', 'x' * 100000) }}
{{ ('x' * 100000).join('x' * 100000) }}
{{ range(100000) | join('x' * 100000) }}
{{ (['x' * 100000] * 100000) | join }}
{{ ''.join(range(100000) | map('replace', '', 'x' * 100000)) }}
{{ [1] | tojson(indent=1000000000) }}
{{ range(100000) | list | tojson(indent=100000) }}
{{ range(100000) | list | tojson(separators=('x' * 100000, ':')) }}
{{ range(10) | batch(1000000000, 'x') | list }}
{{ range(10) | slice(1000000000, 'x') | list }}
{{ 5 | round(-1000000000) }}
{{ 5.5 | round(1000000000, 'ceil') }}
{{ ('9' * 10000000) | int }}
{{ ('f' * 10000000) | int(base=16) }}
{{ ([[1]] * 100000) | sum(start=[]) }}
{{ messages | pprint }}
{{ 'www.a.b ' * 100000 | urlize }}
{{ 'x' | wordwrap(1, wrapstring='x' * 1000000) }}
{{ ('x' * 10000000) | urlencode | urlencode }}
""".splitlines()

GROWING = [
    f"{{% set ns = namespace(x={first}) %}}{OFTEN}{{% set ns.x = {then} %}}{END}{{{{ {shown} }}}}"
    for first, then, shown in (
        ("'x'", "ns.x ~ ns.x", "ns.x"),
        ("'x'", "ns.x + ns.x", "ns.x"),
        ("3", "ns.x * ns.x", "ns.x"),
        ("3", "ns.x - (0 - ns.x)", "ns.x"),
        ("1", "namespace(x=ns.x, y=ns.x)", "ns.x"),
        ("1", "namespace(x=ns.x, y=ns.x)", "'%s' % ns.x"),
        ("[1]", "ns.x + ns.x", "ns.x"),
        ("[1]", "[ns.x, ns.x]", "ns.x"),
        ("(1,)", "(ns.x, ns.x)", "{ns.x: 1}"),
        ("{'a': 1}", "{'a': ns.x, 'b': ns.x}", "ns.x | tojson"),
        ("{'a': 1}", "dict(a=ns.x, b=ns.x)", "ns.x | tojson"),
        ("[1]", "['', ''] | map('default', ns.x, true) | list", "ns.x == [ns.x]"),
        ("(1,)", "dict(a=ns.x).items() | list | first", "{}.get(ns.x)"),
    )
]

ENDLESS = [
    "{% for a in range(100000) %}" * 4 + END * 4,
    "{% for a in range(100000) %}{% for b in range(100000) if false %}" + END * 2,
    "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "{% set d = dict.fromkeys(range(100000)) %}{% for i in range(100000) %}"
    "{% set y = d | items | list %}{% endfor %}",
    "{% set x = 'x' * 1000000 %}{% set y = x ~ '' %}{% for i in range(100000) %}"
    "{% set z = [[x], [y]] | select | sort %}{% endfor %}",
    "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
    "{% block a %}{{ self.a() }}{{ self.a() }}{% endblock %}",
    "{% for x in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    *(
        LONG + body + END
        for body in (
            "{{ x }}",
            "{% set y %}{{ x }}{% endset %}",
            "{% if x | upper == 'y' %}{% endif %}",
            "{% if x.upper() == 'y' %}{% endif %}",
            "{% if 'y' in x %}{% endif %}",
            "{% if x ~ '' == x %}{% endif %}",
            "{% if x[1:] == x[:-1] %}{% endif %}",
            "{% if x is lower or x is in(x) %}{% endif %}",
            "{% for c in x %}{% endfor %}",
            "{% set y = x | list %}",
            "{% set y = x.split('x') %}",
            "{% set y = x | wordcount %}",
            "{% set y = x | title %}",
            "{% set y = range(100000) | list %}",
            "{% set y = range(100000) | sum %}",
            "{% set y = range(100000) | sort | length %}",
            "{% set y = range(100000) | unique | list %}",
            "{% set y = range(100000) | batch(2) | list %}",
            "{% if 'x' in range(100000) %}{% endif %}",
            "{% set y = dict.fromkeys(range(100000)) %}",
            "{{ loop.cycle(x, x) }}",
            "{% set y = {}.keys() - range(100000) %}",
        )
    ),
]

NESTED = [
    "{{ " + "(" * 40_000 + "1" + ")" * 40_000 + " }}",
    "{{ " + "[" * 40_000 + "]" * 40_000 + " }}",
    "{{ " + "-" * 90_000 + "1 }}",
    "{{ 1" + " + 1" * 20_000 + " }}",
    "{{ x" + " | upper" * 9_000 + " }}",
    "{{ x" + ".a" * 40_000 + " }}",
    "{% if a %}" * 4_000 + "{% endif %}" * 4_000,
    "{% if a %}" + "{% elif a %}" * 7_000 + "{% endif %}",
    "{{" * 45_000,
    "x" * 10_000_000,
    "{%if a%}"
    + "".join(f"{{%set x{n}=1%}}" for n in range(2000))
    + "{%if a%}{%endif%}" * 3000
    + "{%endif%}",
    "".join(f"{{% set x{n} = [1, 2, 3, 4, 5] %}}" for n in range(3_000)),
]

TOO_MUCH = [
    *filter(None, FORMATS),
    *filter(None, REPEATED),
    *GROWING,
    *ENDLESS,
    *NESTED,
]
"""Chat templates that no computer finishes, or that need gigabytes."""

_ENDS = """
{% include 'x' %}
{% import 'x' as x %}
{% extends 'x' %}
{{ 1 / 0 }}
{{ raise_exception('x' * 1000000) }}
{{ messages.append(1) }}
{{ messages.__class__.__mro__ }}
{{ (messages | map('list')).send(1) }}
{{ (5).to_bytes(10000000000, 'big') }}
{{ 'x'.encode() }}
{{ 'x'.translate({120: 'y'}) }}
{{ lipsum(1000000) }}
{{ range(100000000000) }}
{{ messages | map(attribute='a.' * 1000000) | list }}
{{ ('9' * 10000000) | float }}
{{ 1.5 ** 100000 }}
{{ "%c" % 1114112 }}
{{ cycler(*range(100000)).next() }}
""".splitlines()

ENDS = [
    *filter(None, _ENDS),
    "{{ " + "9" * 50_000 + " }}",
    "{{ 0x" + "f" * 50_000 + " }}",
    "{%" + " " * 99_000,
    "{{ '" + "\\" * 99_000,
    "{#" * 45_000,
    "".join(f"{{% if a %}}{{% set x{n} = 1 %}}{{% endif %}}" for n in range(1_000)),
]
"""Chat templates that end in one way or another."""


def generated(seed: int, number: int) -> list[str]:
    """Templates by a grammar of filters, methods and operators, with huge numbers."""
    random = Random(seed)  # noqa: S311
    huge = ("10 ** 9", "1000000000", "-1000000000", "99999", "0", "1.5", "true")
    calls = (
        "center({n})",
        "indent({n})",
        "round({n})",
        "batch({n}, {t})",
        "slice({n})",
        "tojson(indent={n})",
        "truncate({n})",
        "replace({t}, {t})",
        "join({t})",
        "format({n}, {n})",
        *("list", "upper", "title", "sort", "unique | list", "string", "e", "urlencode"),
        *("int", "float", "sum", "max", "length", "reverse | list", "map('string') | list"),
        *("map('center', {n}) | list", "map('replace', {t}, {t}) | join", "default({t})"),
    )
    methods = (
        *("center({n})", "ljust({n})", "zfill({n})", "expandtabs({n})", "replace({t}, {t})"),
        *("join({t})", "format({n}, {t})", "split({t})", "upper()", "splitlines()", "items()"),
    )

    def value(depth: int) -> str:
        number_, text = (
            random.choice(huge),
            random.choice(("'x'", "''", "'%99999999d'", "'{:>9999999}'")),
        )
        if depth == 0:
            return random.choice((number_, text, "messages", "range(99999)", "[1, 'x']", "(1, 2)"))
        given = {"n": number_, "t": value(depth - 1) if random.random() < 0.3 else text}
        inner = value(depth - 1)
        kind = random.randrange(4)
        if kind == 0:
            return f"({inner} | {random.choice(calls).format(**given)})"
        if kind == 1:
            return f"({inner}).{random.choice(methods).format(**given)}"
        if kind == 2:
            sign = random.choice(("*", "**", "%", "+", "~", "-", "//"))
            return f"({inner} {sign} {value(depth - 1)})"
        return f"[{inner}, {value(depth - 1)}]"

    shapes = (
        "{{{{ {v} }}}}",
        "{{% set n = namespace(x={v}) %}}{{% for i in range(99) %}}{{% set n.x = n.x {o} n.x %}}"
        "{{% endfor %}}{{{{ n.x }}}}",
        "{{% for a in {v} %}}{{% for b in {v} %}}{{{{ a ~ b }}}}{{% endfor %}}{{% endfor %}}",
    )
    return [
        random.choice(shapes).format(v=value(random.randrange(1, 5)), o=random.choice("*+~"))
        for _ in range(number)
    ]


def run_in_limits(program: str, cases: list[Any], *, memory: int, seconds: int) -> list[Any]:
    """What a program says of each case, an object a line, in a process with little memory and time.

    `program` defines `answer(case)`. A process that the system ends says less than there are cases.
    """
    head = f"""
import json, resource, sys
sys.path.insert(0, {str(ROOT)!r})
{program}
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
for line in sys.stdin:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    said = answer(json.loads(line))
    took = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    print(json.dumps([said, took]), flush=True)
"""
    done = subprocess.run(
        [sys.executable, "-c", head],
        input="".join(json.dumps(case) + "\n" for case in cases),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == len(cases), f"{cases[len(lines)][:200]}\n{done.stderr[-2000:]}"
    return [json.loads(line) for line in lines]

"""Joining our modules into one file: the same exports, nothing that only readers need."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from bitp import web
from bitp.web.modules import UnknownForm, joined, lean, tight

STATIC = Path(web.__file__).parent / "static"
WIDGET = STATIC / "widget"


def write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "entry.js"


def test_modules_come_in_the_order_in_which_they_need_each_other(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        entry='import { a as first,\n  b } from "./one.js";\nexport const sum = first + b;\n',
        one='import { c } from "./two.js";\nexport const a = c;\nexport const b = 2;\n',
        two="const hidden = 1;\nexport const c = hidden;\n",
    )
    text = joined(entry)
    places = [text.index(each) for each in ("hidden=1", "const a=c", "sum=first")]
    assert places == sorted(places)
    assert "const{a:first," in text
    assert text.endswith("export const{sum}=m2;\n")
    assert text.count("export") == 1


def test_a_module_needed_twice_is_there_once(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        entry='import { a } from "./one.js";\n'
        'import { c } from "./two.js";\n'
        "export const d = a + c;\n",
        one='import { c } from "./two.js";\nexport const a = c;\n',
        two="export const c = 'only once';\n",
    )
    assert joined(entry).count("only once") == 1


@pytest.mark.parametrize(
    "text",
    [
        'import x from "./two.js";\n',
        'import * as x from "./two.js";\n',
        'import "./two.js";\n',
        "export default 1;\n",
        "const a = 1;\nexport { a };\n",
        'export * from "./two.js";\n',
        'import { e } from "./entry.js";\n',
    ],
)
def test_forms_it_does_not_know_are_refused(tmp_path: Path, text: str) -> None:
    entry = write(
        tmp_path, entry='import { a } from "./one.js";\nexport const e = 1;\n', one=text, two=""
    )
    with pytest.raises(UnknownForm):
        joined(entry)


def test_comments_of_whole_lines_and_indentation_go_and_all_else_stays() -> None:
    text = '/** Says. */\n\n  // why\n  const a = "//not"; // stays\n'
    text += "\n  /* more\n     lines */\n  b();\n"
    assert lean(text) == 'const a = "//not"; // stays\nb();\n'


def test_the_widgets_own_modules_can_be_joined() -> None:
    text = joined(WIDGET / "app.js")
    assert "export const{start}" in text
    assert "/**" not in text
    assert len(gzip.compress(text.encode(), 9)) < 30_000


def keys_of(path: Path) -> list[str]:
    """The keys of a strings module with their depth, in order."""
    return re.findall(r"^( +)(\w+)(?=:|\()", path.read_text(), re.MULTILINE)


def test_both_languages_say_everything() -> None:
    english, chinese = (keys_of(WIDGET / "strings" / f"{name}.js") for name in ("en", "zh-hans"))
    assert [each for each in english if len(each[0]) <= 4] == [
        each for each in chinese if len(each[0]) <= 4
    ]
    assert len(english) > 90


def test_chinese_is_written_as_chinese() -> None:
    text = (WIDGET / "strings" / "zh-hans.js").read_text()
    said = re.findall(r'"([^"]*[㐀-鿿][^"]*)"|`([^`]*[㐀-鿿][^`]*)`', text)
    for each in (first or second for first, second in said):
        plain = re.sub(r"\$\{[^}]*\}", "", each)
        assert not re.search(r"[㐀-鿿][,;:?!.]|[!！]", plain), each
        assert "你" not in plain, each


def test_the_widget_has_the_values_of_the_design() -> None:
    def values(text: str) -> dict[str, str]:
        return dict(re.findall(r"--([\w-]+):\s*([^;]+);", text))

    def blocks(text: str) -> list[dict[str, str]]:
        found = [values(block) for block in re.findall(r"\{([^{}]*--accent:[^{}]*)\}", text)]
        assert len(found) == 3, "light, dark by the system, dark by choice"
        return found

    design = blocks((STATIC / "design" / "tokens.css").read_text())
    own = blocks((WIDGET / "styles" / "tokens.css").read_text())
    for theirs, ours in zip(design, own, strict=True):
        same = {name: theirs[name] for name in ours if name in theirs}
        assert {name: ours[name] for name in same} == same
        assert len(same) >= 16
    button = (WIDGET / "loader.js").read_text()
    for name in ("accent", "on-accent", "surface", "ink", "danger"):
        found = set(re.findall(rf"--{name}: (#\w+);", button))
        wanted = {design[0][name], design[1][name]}
        assert {
            each.replace("#fff", "#ffffff") if each == "#fff" else each for each in found
        } == wanted


def test_a_script_loses_the_spaces_that_separate_nothing() -> None:
    script = 'const a = b + +c ? "x  =  y" : `u  ${d}  v`;\nif (/[/ ] z/.test(a)) return b;\n'
    assert tight(script) == 'const a=b+ +c?"x  =  y":`u  ${d}  v`;if(/[/ ] z/.test(a))return b;\n'
    assert tight("if (a) {\n  b();\n}\nelse c in d;\n") == "if(a){b();}\nelse c in d;\n"

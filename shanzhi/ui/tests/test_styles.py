"""The stylesheet as a contract: contrast, smallest sizes, no name without a value, nothing foreign, few bytes."""

import re
from gzip import compress
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[1]
CSS = HERE / "frontend/css"
DIST = HERE / "static/ui/dist"
SHEETS = sorted(path for path in CSS.glob("*.css") if not path.name.startswith("bundle-"))
BUNDLES = sorted(CSS.glob("bundle-*.css"))
PHONE_LIMIT = 100_000
AA_TEXT = 4.5
AA_SHAPE = 3.0
SMALLEST = {"ui-desk": 12, "ui-phone": 15, "ui-public": 15, "ui-elder": 18, "ui-desk-elder": 15}
TEXT_PAIRS = [
    ("ink", "surface"), ("ink", "page"), ("ink", "sunken"), ("ink-2", "surface"), ("ink-2", "page"),
    ("ink-2", "sunken"), ("ink-2", "accent-tint"), ("accent", "surface"), ("accent", "page"),
    ("accent-hover", "accent-tint"), ("surface", "accent"), ("surface", "accent-hover"), ("surface", "ink"),
    ("surface", "red"), ("amber", "amber-tint"), ("amber", "surface"), ("red", "red-tint"), ("red", "surface"),
    ("blue", "blue-tint"), ("green", "green-tint"), ("green", "surface"), ("ink", "amber-tint"), ("ink", "red-tint"),
    ("ink", "blue-tint"), ("ink", "green-tint"),
]  # fmt: skip


def read(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def tokens() -> dict[str, str]:
    root = read(CSS / "tokens.css").split("}")[0]
    return dict(re.findall(r"--sz-([a-z0-9-]+):\s*(#[0-9a-f]{3,6});", root))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(char * 2 for char in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_right() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(text: str, ground: str) -> None:
    assert contrast(tokens()[text], tokens()[ground]) >= AA_TEXT


@pytest.mark.parametrize("ground", ["surface", "page"])
def test_the_edge_of_a_field_is_seen(ground: str) -> None:
    assert contrast(tokens()["field"], tokens()[ground]) >= AA_SHAPE


def densities() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, body in re.findall(r"^\.(ui-[a-z-]+) \{([^}]*)\}", read(CSS / "tokens.css"), re.MULTILINE):
        found[name] = {key: int(value) for key, value in re.findall(r"--([a-z0-9-]+): (\d+)px", body)}
    return found


@pytest.mark.parametrize(("density", "smallest"), SMALLEST.items())
def test_no_text_is_smaller_than_the_density_allows(density: str, smallest: int) -> None:
    sizes = densities()[density]
    assert min(value for key, value in sizes.items() if key.startswith("fs")) >= smallest
    assert sizes["fs"] >= sizes["fs-s"] >= sizes["fs-xs"]


def test_a_thumb_finds_its_target() -> None:
    assert all(densities()[name]["ctl"] >= 48 for name in ("ui-phone", "ui-public", "ui-elder"))


@pytest.mark.parametrize("path", [p for p in SHEETS if p.name not in ("print.css", "sheet.css")], ids=lambda p: p.name)
def test_sizes_are_names_not_numbers(path: Path) -> None:
    """A number would not grow with the letters; only what is larger than text, or drawn, may have one."""
    numbers = [int(size) for size in re.findall(r"font-size: (\d+)px", read(path))]
    assert all(size in (0, 13, 14, 21) for size in numbers), numbers
    small = re.findall(r"font(?:-size)?: (?:\d+ )?([1-9]|1[01])px", read(path))
    assert not small


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_every_name_has_a_value(path: Path) -> None:
    known = set(re.findall(r"(--[a-z0-9-]+):", read(CSS / "tokens.css") + read(CSS / "print.css")))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", read(path))) <= known


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_calm(path: Path) -> None:
    text = read(path)
    assert "gradient" not in text
    assert "url(" not in text
    assert "@import" not in text
    shadows = set(re.findall(r"box-shadow: ([^;]+);", text))
    assert not {one for one in shadows if not re.match(r"var\(--sz-focus\)|inset|none|0 0 0 4px var|0 4px 16px", one)}


def test_every_sheet_is_in_a_bundle() -> None:
    named = {name for path in BUNDLES for name in re.findall(r'@import "\./([a-z-]+)\.css"', path.read_text())}
    assert named == {path.stem for path in SHEETS}


def test_the_phone_does_not_carry_the_desk() -> None:
    text = (CSS / "bundle-phone.css").read_text()
    assert "desk" not in text.split("*/")[1]
    assert "sheet" not in text
    assert "list.js" not in (HERE / "frontend/js/phone.js").read_text()


def test_motion_can_be_turned_off() -> None:
    assert "prefers-reduced-motion" in read(CSS / "parts.css")


needs_build = pytest.mark.skipif(
    not (DIST / "phone.js").exists(), reason="NOT BUILT: run `npm run build` to measure the bundles"
)


@needs_build
def test_the_first_phone_page_is_light() -> None:
    files = [DIST / "phone.js", DIST / "phone.css"]
    size = sum(len(compress(path.read_bytes(), 9)) for path in files)
    sprite = len(compress((HERE / "static/ui/icons.svg").read_bytes(), 9))
    assert size + sprite <= PHONE_LIMIT, f"{size} bytes and {sprite} for the icons"


@needs_build
@pytest.mark.parametrize("name", ["phone.js", "desk.js"])
def test_bundles_obey_the_policy(name: str) -> None:
    text = (DIST / name).read_text(encoding="utf-8")
    assert "includeIndicatorStyles:!1,allowEval:!1" in text
    assert "sourceMappingURL" not in text


@needs_build
def test_bundles_are_newer_than_their_sources() -> None:
    sources = [*CSS.glob("*.css"), *(HERE / "frontend/js").glob("*.js")]
    newest = max(path.stat().st_mtime for path in sources)
    if min(path.stat().st_mtime for path in DIST.glob("*.*")) + 1 < newest:
        pytest.skip("STALE BUILD: run `npm run build`")

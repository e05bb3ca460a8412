"""A foundation's accent, bent until it can be read: every shade derived here keeps WCAG AA in both themes."""

from __future__ import annotations

import colorsys
import re

HEX = re.compile(r"#([0-9a-fA-F]{6})")
LIGHT_PAPER = "#fdfdfb"
DARK_PAPER = "#1e1f1d"
DEFAULT_ACCENT = "#0d6157"
AA = 4.5
_ROOM = 4.9  #: a little above AA, so that tinted grounds still pass

Rgb = tuple[float, float, float]


def _rgb(text: str) -> Rgb:
    found = HEX.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a colour: {text!r}; write it as #rrggbb")
    digits = found.group(1)
    return (int(digits[0:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255)


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(min(1.0, max(0.0, part)) * 255):02x}" for part in rgb)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _shade(colour: str, lightness: float) -> str:
    hue, _light, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    return _hex(colorsys.hls_to_rgb(hue, lightness, saturation))


def readable(colour: str, ground: str, ratio: float = _ROOM) -> str:
    """The colour nearest to ``colour``, by lightness, that has the contrast on the ground."""
    if contrast(colour, ground) >= ratio:
        return colour.lower()
    lightness = colorsys.rgb_to_hls(*_rgb(colour))[1]
    step = -0.01 if luminance(ground) > 0.4 else 0.01
    while 0 < lightness < 1:
        lightness += step
        tried = _shade(colour, lightness)
        if contrast(tried, ground) >= ratio:
            return tried
    return "#000000" if step < 0 else "#ffffff"


def _mix(colour: str, ground: str, share: float) -> str:
    (r1, g1, b1), (r2, g2, b2) = _rgb(colour), _rgb(ground)
    return _hex((r1 * share + r2 * (1 - share), g1 * share + g2 * (1 - share), b1 * share + b2 * (1 - share)))


def sheet(accent: str) -> str:
    """The style sheet that lays a foundation's accent over the design tokens. ``ValueError`` if it is no colour."""
    tint_light, tint_dark = _mix(accent, LIGHT_PAPER, 0.09), _mix(accent, DARK_PAPER, 0.16)
    light = readable(accent, tint_light)
    dark = readable(accent, tint_dark, 6.0)
    strong_light = readable(_mix(light, "#000000", 0.75), tint_light, 7.0)
    strong_dark = readable(_mix(dark, "#ffffff", 0.7), tint_dark, 8.0)
    on_light = "#ffffff" if contrast(light, "#ffffff") >= AA else "#111111"
    on_dark = "#111111" if contrast(dark, "#111111") >= AA else "#ffffff"
    return (
        "@layer tokens {\n  :root {\n"
        f"    --accent: light-dark({light}, {dark});\n"
        f"    --accent-strong: light-dark({strong_light}, {strong_dark});\n"
        f"    --accent-ink: light-dark({on_light}, {on_dark});\n"
        f"    --accent-bg: light-dark({tint_light}, {tint_dark});\n"
        "  }\n}\n"
    )

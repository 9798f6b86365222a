"""The switch between the light theme, the dark one and the system's; it also names the document's language."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import i18n, state
from app.i18n import _

# Streamlit 1.67 reads the chosen theme from local storage when the page loads, under a name with the page's path.
# There is no call to change it, so the choice is written for every page and the page is loaded again; everything
# that is picked is in the address and survives.
_JS = """
export default function ({ data: [data], parentElement }) {
  // The choice of language is kept for the next visit in a cookie that the server reads.
  document.documentElement.lang = data.lang;
  document.cookie = `${data.cookie}=${data.lang}; path=/; max-age=31536000; samesite=lax`;
  const root = parentElement.querySelector("fieldset");
  const key = (path) => `stActiveTheme-${path}-v2`;
  const base = data.paths.map((path) => "/" + path);
  const here = window.location.pathname;
  const current = () => {
    const stored = window.localStorage.getItem(key(here)) || window.localStorage.getItem("runClinicTheme");
    try { return JSON.parse(stored) || "System"; } catch { return "System"; }
  };
  const write = (name) => {
    const value = JSON.stringify(name);
    window.localStorage.setItem("runClinicTheme", value);
    for (const path of new Set([...base, here])) window.localStorage.setItem(key(path), value);
  };
  root.querySelector("legend").textContent = data.legend;
  for (const input of root.querySelectorAll("input")) {
    input.parentElement.querySelector("span").textContent = data.labels[input.value];
    input.checked = input.value === current();
    input.onchange = () => { write(input.value); window.location.reload(); };
  }
}
"""
_HTML = """
<fieldset>
  <legend></legend>
  <label><input type="radio" name="rc-theme" value="System"><span></span></label>
  <label><input type="radio" name="rc-theme" value="Light"><span></span></label>
  <label><input type="radio" name="rc-theme" value="Dark"><span></span></label>
</fieldset>
"""
_CSS = """
fieldset { border: 0; margin: 0; padding: 0; display: flex; font-family: var(--st-font); }
legend { font-size: 0.875rem; padding: 0 0 6px; color: var(--st-text-color); }
label {
  border: 1px solid var(--st-border-color); padding: 5px 12px; margin-left: -1px; font-size: 0.875rem;
  color: var(--st-text-color); cursor: pointer; display: inline-flex; align-items: center;
}
label:first-of-type { border-radius: 6px 0 0 6px; margin-left: 0; }
label:last-of-type { border-radius: 0 6px 6px 0; }
input { position: absolute; opacity: 0; width: 1px; height: 1px; }
label:has(input:checked) {
  background: color-mix(in srgb, var(--st-primary-color) 12%, transparent); color: var(--st-primary-color);
  border-color: var(--st-primary-color); z-index: 1;
}
label:has(input:focus-visible) { outline: 2px solid var(--st-primary-color); outline-offset: 2px; z-index: 2; }
"""

_component = st.components.v2.component("run_clinic_theme", html=_HTML, css=_CSS, js=_JS)


def draw(paths: Sequence[str]) -> None:
    """Draw the switch.

    Parameters
    ----------
    paths : sequence of str
        URL paths of all pages, "" for the first.
    """
    _component(
        key="theme_switch",
        # A list, because Streamlit imports pandas to look for tables inside a dict.
        data=[
            {
                "legend": _("Theme"),
                "labels": {"System": _("System"), "Light": _("Light"), "Dark": _("Dark")},
                "paths": list(paths),
                "lang": i18n.html_lang(),
                "cookie": state.LANGUAGE_COOKIE,
            }
        ],
    )

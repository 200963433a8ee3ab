# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""How Sphinx makes the site of the pages that site/pages.py wrote; see scripts/site."""

import os
import sys

root = os.environ["TALLY_ROOT"]
sys.path.insert(0, os.path.join(root, "Python"))

from tallystick import __version__  # noqa: E402

project = "Tallystick"
copyright = "Tallystick contributors"
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
# Docstrings write `code` so.
default_role = "code"
# Anchors of headings are made as those who read the files elsewhere know them.
myst_heading_anchors = 4
myst_links_external_new_tab = False
# `curl` answers, SQL with `...` and outputs of the program are no programs: what cannot be coloured stays plain.
suppress_warnings = ["misc.highlighting_failure", "myst.header"]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "inherited-members": False, "show-inheritance": True}
python_maximum_signature_line_length = 88

# What a program printed has no language.
highlight_language = "text"
# An option's two dashes stay two dashes.
smartquotes = False

html_theme = "furo"
html_title = "Tallystick"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_extra_path = ["_files"]


def _fences_as_blocks(app, what, name, obj, options, lines):
    """Docstrings have examples between fences, which an editor shows; Sphinx wants them indented."""
    out, within = [], False
    for line in lines:
        if line.strip().startswith("```"):
            within = not within
            out += ["", ".. code-block:: python", ""] if within else [""]
        else:
            out.append("    " + line if within else line)
    lines[:] = out


def setup(app):
    app.connect("autodoc-process-docstring", _fences_as_blocks, priority=100)

"""What an instructor runs: build, release, grade. Students never get this package."""

import sys

# jsonschema would compile the grammar of international web addresses when nbformat imports it: most of a second in every
# process of a grading run, for a format that no notebook's schema uses. A module that is None is one that is not installed.
sys.modules.setdefault("rfc3987_syntax", None)

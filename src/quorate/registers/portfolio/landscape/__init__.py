"""The landscape data file: read, check, edit in place, convert and compare.

Two dialects of the format are in use. The older one writes a null marker (`- item:`, `- category:`,
`- subcategory:`) beside an entry's fields, under `landscape:`; the newer one writes plain entries under
`categories:`. Both are read and both are written. Every edit is a splice of the original text, so that
whatever was not edited keeps its bytes: `positions` finds where a value stands, `scalars` writes one,
`file` is the parsed document, `checks` says what is wrong with it, `edits` changes it, `dialects`
converts it and `comparison` tells two of them apart.
"""

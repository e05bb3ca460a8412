"""What pages are built from, with no word of the domain: components, tables, forms, times, Markdown, shell hooks."""

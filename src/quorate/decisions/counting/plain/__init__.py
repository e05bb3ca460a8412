"""The plain counters: whole numbers and lists, each written from the text of its rule, nothing shared with the vectors."""

"""Invoices as data by EN 16931: what they come to, the documents they become, the rules that hold of them."""

"""Statements of banks, read strictly: camt.053, CSV with declared columns, MT940; and their lines matched to invoices."""

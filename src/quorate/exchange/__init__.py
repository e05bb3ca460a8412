"""Money and proof that several registers and programs need; one package in each folder."""

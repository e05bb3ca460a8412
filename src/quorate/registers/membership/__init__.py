"""Who is a member in which tier, and what the charter makes follow from it: seats, dues, rights."""

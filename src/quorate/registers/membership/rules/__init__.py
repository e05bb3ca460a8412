"""What follows from a charter and from who is a member on a day. Pure functions: nothing here asks a database."""

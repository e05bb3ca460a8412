"""The books: double entry with funds, in any currency and unit, kept by the database itself."""

"""The foundation as a directory of files: reading, planning, applying and writing it back."""

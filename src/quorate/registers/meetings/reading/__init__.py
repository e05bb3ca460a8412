"""Minutes written in Markdown, read: who was there, seat by seat, and what the prose promises."""

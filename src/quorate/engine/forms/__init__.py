"""GitHub issue forms as they are: read, answered, written as an issue and read back from one."""

from quorate.engine.forms.model import NO_RESPONSE, Answer, Answers, Element, ElementKind, Form, Option

__all__ = ["NO_RESPONSE", "Answer", "Answers", "Element", "ElementKind", "Form", "Option"]

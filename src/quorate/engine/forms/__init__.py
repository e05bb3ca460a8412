"""GitHub issue forms as they are: read, answered, written as an issue and read back from one."""

from quorate.engine.forms.answering import Answered, answer
from quorate.engine.forms.issues import Issue, read_issue
from quorate.engine.forms.model import NO_RESPONSE, Answer, Answers, Element, ElementKind, Form, Option
from quorate.engine.forms.reading import read, slug
from quorate.engine.forms.writing import write_answer, write_issue

__all__ = [
    "NO_RESPONSE",
    "Answer",
    "Answered",
    "Answers",
    "Element",
    "ElementKind",
    "Form",
    "Issue",
    "Option",
    "answer",
    "read",
    "read_issue",
    "slug",
    "write_answer",
    "write_issue",
]

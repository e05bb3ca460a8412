"""A program's stages as a Mermaid state diagram, for documentation and the program's page."""

from __future__ import annotations

from quorate.engine.definition.program import Program
from quorate.engine.definition.values import StageKind


def mermaid(program: Program, *, current: str = "") -> str:
    """The diagram's text. ``current`` marks one stage. Identifiers are numbered, so that any title is safe."""
    ids = {stage.name: f"s{number}" for number, stage in enumerate(program.stages)}
    lines = ["stateDiagram-v2", f"    [*] --> {ids[program.start.name]}"]
    for stage in program.stages:
        lines.append(f'    state "{_quoted(stage.title)}" as {ids[stage.name]}')
    for step in program.transitions:
        for origin in step.from_:
            if step.goes_back:
                before = [item for item in program.transitions if item.to == origin]
                targets = dict.fromkeys(source for item in before for source in item.from_ if source != origin)
                lines += [f"    {ids[origin]} --> {ids[target]}: {_label(step.title)}" for target in targets]
            else:
                lines.append(f"    {ids[origin]} --> {ids[step.to]}: {_label(step.title)}")
    for stage in program.stages:
        if stage.timeout is not None:
            lines.append(f"    {ids[stage.name]} --> {ids[stage.timeout.to]}: {_label(stage.timeout.after.words)}")
        if stage.kind is StageKind.END:
            lines.append(f"    {ids[stage.name]} --> [*]")
    if current in ids:
        lines += ["    classDef current font-weight:bold,stroke-width:3px", f"    class {ids[current]} current"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return " ".join(text.split()).replace('"', "#quot;")


def _label(text: str) -> str:
    return " ".join(text.split()).replace(":", "#58;").replace(";", "#59;")

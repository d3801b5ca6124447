"""Python source for the expressions of one row.

Generated code holds nothing of the script: names are ours, numbers are checked integers, everything else is passed in.
`vN` is slot N in the row at hand, `sN` a whole slot, `aN` adds to one, `tN` is a step on the way, `kN` a constant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from kaoping import typed as t
from kaoping.engines.lower import Program, Slot
from kaoping.engines.scalar import computed, lowest
from kaoping.numbers import divided
from kaoping.types import Value

ARMS = 40
DEPTH = 12
_OPERATORS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class _Nothing:
    """What stands for "no arm taken yet"."""


NOTHING = _Nothing()


class Code(Struct, frozen=True):
    """An expression in Python: whether it may be None, whether it is a plain name or number, how deep it nests."""

    text: str
    missing: bool = False
    atom: bool = False
    depth: int = 1


NONE = Code("None", True, True)


class Emitter(Struct):
    """The statements of one pass, as far as they are written."""

    program: Program
    frame: t.Frame
    lines: list[str] = field(default_factory=list)
    indent: int = 2
    read: dict[int, Slot] = field(default_factory=dict)  # slots of the same frame that come from outside
    climbed: dict[int, Slot] = field(default_factory=dict)  # slots of wider frames
    made: set[int] = field(default_factory=set)
    constants: list[Any] = field(default_factory=list)
    unit_ends: set[str] = field(default_factory=set)
    temporaries: int = 0

    def line(self, text: str) -> None:
        """Write a statement."""
        self.lines.append("    " * self.indent + text)

    def name(self) -> str:
        """A new name for a step on the way."""
        self.temporaries += 1
        return f"t{self.temporaries}"

    def atom(self, code: Code) -> Code:
        """The same as a plain name, so that it can be used more than once."""
        if code.atom:
            return code
        name = self.name()
        self.line(f"{name} = {code.text}")
        return Code(name, code.missing, True)

    def constant(self, value: Any) -> str:
        """A constant that is passed in."""
        self.constants.append(value)
        return f"k{len(self.constants) - 1}"

    def built(self, text: str, *operands: Code, missing: bool = False) -> Code:
        """An expression of operands; one that nests too deep becomes a step of its own."""
        code = Code(text, missing, False, 1 + max((operand.depth for operand in operands), default=0))
        return self.atom(code) if code.depth > DEPTH else code

    # ---------------------------------------------------------------- expressions

    def slot(self, slot: Slot) -> Code:
        """The value of a slot in the row at hand."""
        name = f"v{slot.number}"
        if slot.number not in self.made:
            (self.read if _same_rows(slot.frame, self.frame) else self.climbed)[slot.number] = slot
        return Code(name, slot.missing, True)

    def value(self, node: t.Typed) -> Code:
        """An expression; what it needs first is written before it."""
        match node:
            case t.Const(value=value):
                return self.literal(value)
            case t.Read(key=key):
                code = self.slot(self.program.read(key))
                return Code(code.text, self.program.missing(node, self.frame), True)
            case t.UnitBound(end=end):
                return self._unit_bound(end)
            case t.Choose():
                return self._choose(node)
            case t.Has(operand=operand):
                code = self.value(operand)
                return self.built(f"({code.text} is not None)", code) if code.missing else Code("True", atom=True)
            case t.Coalesce(operand=operand, fallback=fallback):
                return self._or_else(self.value(operand), fallback)
            case t.Present(operand=operand):
                code = self.value(operand)
                return self._or_else(code, t.Const(lowest(operand), type=operand.type)) if code.missing else code
            case t.Fold() | t.Group() | t.Cohort() | t.Rank() | t.Percentile() | t.Chosen():
                return self.slot(self.program.aggregate(node, self.frame))
            case t.Ordinal() | t.PreviousRow() | t.PreviousResult() | t.Streak():
                return self.slot(self.program.aggregate(node, self.frame))
        operands = [self.value(operand) for operand in t.operands(node)]
        if any(operand.missing for operand in operands):
            return self._guarded(node, [self.atom(operand) if operand.missing else operand for operand in operands])
        code = self.strict(node, operands)
        # a function may have no value where all its arguments have one
        may_miss = isinstance(node, t.PluginCall) and node.type.optional
        return Code(code.text, True, code.atom, code.depth) if may_miss else code

    def _guarded(self, node: t.Typed, operands: list[Code]) -> Code:
        """A node some of whose operands may be missing: then it is missing too."""
        test = " or ".join(dict.fromkeys(f"{operand.text} is None" for operand in operands if operand.missing))
        body, inside = self._aside(lambda: self.strict(node, operands))
        if not inside:
            return self.built(f"(None if {test} else {body.text})", body, missing=True)
        name = self.name()
        self.line(f"if {test}:")
        self._assign(name, NONE)
        self.line("else:")
        self.lines += inside
        self._assign(name, body)
        return Code(name, True, True)

    def literal(self, value: Value) -> Code:
        """A constant of the script: numbers are written out, text is passed in."""
        if value is None:
            return NONE
        if isinstance(value, bool):
            return Code("True" if value else "False", atom=True)
        if isinstance(value, int):
            return Code(f"({int(value)})" if value < 0 else str(int(value)), atom=True)
        return Code(self.constant(value), atom=True)

    def _or_else(self, code: Code, fallback: t.Typed) -> Code:
        if not code.missing:
            return code
        code = self.atom(code)
        other = self.value(fallback)
        return self.built(f"({other.text} if {code.text} is None else {code.text})", other, missing=other.missing)

    def _unit_bound(self, end: str) -> Code:
        if not self.frame.unit:
            period = self.program.plan.period
            return self.literal((period.first if end == "first" else period.last).toordinal())
        self.unit_ends.add(end)
        return Code(f"{end}s[u]")

    # ---------------------------------------------------------------- choices

    def _choose(self, node: t.Choose) -> Code:
        """Arms by their conditions, which are all evaluated first where they need more than an expression."""
        if len(node.arms) == 1:
            condition, value = node.arms[0]
            return self._either(condition, value, node.otherwise)
        name, missing = self.name(), False
        for at in range(0, len(node.arms), ARMS):
            arms = node.arms[at : at + ARMS]
            tests = [self.value(condition) for condition, _ in arms]
            tests = [self.atom(test) if test.missing else test for test in tests]
            if at:
                self.line(f"if {name} is nothing:")
                self.indent += 1
            word = "if"
            for test, (_, value) in zip(tests, arms, strict=True):
                if test.missing:
                    self.line(f"{word} {test.text} is None:")
                    self._assign(name, NONE)
                    missing, word = True, "elif"
                self.line(f"{word} {test.text}:")
                missing |= self._assigned(name, value)
                word = "elif"
            self.line("else:")
            last = at + ARMS >= len(node.arms)
            if last:
                missing |= self._assigned(name, node.otherwise)
            else:
                self._assign(name, Code("nothing"))
            if at:
                self.indent -= 1
        return Code(name, missing, True)

    def _either(self, condition: t.Typed, value: t.Typed, otherwise: t.Typed) -> Code:
        test = self.value(condition)
        if test.missing:
            test = self.atom(test)
        yes, first = self._aside(lambda: self.value(value))
        no, second = self._aside(lambda: self.value(otherwise))
        if not first and not second:
            text = f"({yes.text} if {test.text} else {no.text})"
            if test.missing:
                text = f"(None if {test.text} is None else {text})"
            return self.built(text, test, yes, no, missing=test.missing or yes.missing or no.missing)
        name, word = self.name(), "if"
        if test.missing:
            self.line(f"if {test.text} is None:")
            self._assign(name, NONE)
            word = "elif"
        self.line(f"{word} {test.text}:")
        self.lines += first
        self._assign(name, yes)
        self.line("else:")
        self.lines += second
        self._assign(name, no)
        return Code(name, test.missing or yes.missing or no.missing, True)

    def _aside(self, written: Callable[[], Code]) -> tuple[Code, list[str]]:
        """An expression, and the statements it needs first, one step further in."""
        outside, self.lines = self.lines, []
        self.indent += 1
        code = written()
        self.indent -= 1
        inside, self.lines = self.lines, outside
        return code, inside

    def _assign(self, name: str, code: Code) -> None:
        self.line(f"    {name} = {code.text}")

    def _assigned(self, name: str, node: t.Typed) -> bool:
        self.indent += 1
        code = self.value(node)
        self.indent -= 1
        self._assign(name, code)
        return code.missing

    # ---------------------------------------------------------------- arithmetic

    def strict(self, node: t.Typed, operands: Sequence[Code]) -> Code:
        """A node of operands that all have a value."""
        first = operands[0].text if operands else ""
        match node:
            case t.Scale(digits=digits):
                return self.built(f"({first} * {10**digits})", *operands)
            case t.Add():
                return self.built(f"({' + '.join(operand.text for operand in operands)})", *operands)
            case t.Negate():
                return self.built(f"(-{first})", *operands)
            case t.Multiply():
                return self.built(f"({first} * {operands[1].text})", *operands)
            case t.Compare(operator=operator):
                return self.built(f"({first} {_OPERATORS[operator]} {operands[1].text})", *operands)
            case t.And() | t.Or():
                word = " and " if isinstance(node, t.And) else " or "
                return self.built(f"({word.join(operand.text for operand in operands)})", *operands)
            case t.Not():
                return self.built(f"(not {first})", *operands)
            case t.Least() | t.Greatest():
                return self._extreme(operands, "<" if isinstance(node, t.Least) else ">")
            case t.Absolute():
                return self.built(f"abs({first})", *operands)
            case t.Among(values=values) if values:
                return self.built(f"({first} in {self.constant(frozenset(values))})", *operands)
            case t.Recode(codes=codes):
                return self.built(f"{self.constant(codes)}[{first}]", *operands)
            case t.Drop(digits=digits, mode=mode):
                return self._quotient(operands[0], 10**digits, mode)
            case t.Divide(digits=digits, mode=mode):
                return self._divide(node, operands, digits, mode)
        function = self.constant(_function(node, self.program))
        return self.built(f"{function}({', '.join(operand.text for operand in operands)})", *operands)

    def _extreme(self, operands: Sequence[Code], operator: str) -> Code:
        best = self.atom(operands[0])
        for operand in operands[1:]:
            other = self.atom(operand)
            best = self.atom(Code(f"({best.text} if {best.text} {operator} {other.text} else {other.text})"))
        return best

    def _divide(self, node: t.Divide, operands: Sequence[Code], digits: int, mode: str) -> Code:
        top, bottom = operands
        if digits:
            top = self.built(f"({top.text} * {10**digits})", top)
        if isinstance(node.right, t.Const) and isinstance(node.right.value, int) and node.right.value > 0:
            return self._quotient(top, int(node.right.value), mode)
        bottom = self.atom(bottom)
        function = self.constant(divided)
        text = f"(None if {bottom.text} == 0 else {function}({top.text}, {bottom.text}, {self.constant(mode)}))"
        return self.built(text, top, missing=True)

    def _quotient(self, top: Code, divisor: int, mode: str) -> Code:
        """A quotient by a positive whole number; no negative number is ever divided, so every rounding is plain."""
        if divisor == 1:
            return top
        if mode == "floor":
            return self.built(f"({top.text} // {divisor})", top)
        if mode == "ceil":
            return self.built(f"(-(-{top.text} // {divisor}))", top)
        top = self.atom(top)
        match mode:
            case "half up":
                up, by, of = (divisor // 2, divisor, "") if divisor % 2 == 0 else (divisor, 2 * divisor, "2 * ")
                text = f"(({of}{top.text} + {up}) // {by} if {top.text} >= 0 else -(({up} - {of}{top.text}) // {by}))"
            case "down":
                text = f"({top.text} // {divisor} if {top.text} >= 0 else -(-{top.text} // {divisor}))"
            case "up":
                text = f"(-(-{top.text} // {divisor}) if {top.text} >= 0 else {top.text} // {divisor})"
            case _:
                text = f"{self.constant(divided)}({top.text}, {divisor}, {self.constant(mode)})"
        return self.built(text, top)


def _same_rows(frame: t.Frame, other: t.Frame) -> bool:
    return frame == other or frame.table == other.table != t.SUBJECTS


def _function(node: t.Typed, program: Program) -> Callable[..., Any]:
    """What evaluates a node that has no short form in Python."""
    return lambda *values: computed(node, values, program.plan.functions)

"""The tree of a statement, built while Lark parses; the methods bear the names of the grammar's rules."""

from __future__ import annotations

import datetime
from typing import Any as Child

from msgspec.structs import replace

from kaoping import scheme as s
from kaoping.diagnostic import Fix, error
from kaoping.expr import Case, Compare, Expr, Name, Node, Nothing, Number, Otherwise, Pattern, Range
from kaoping_dsl.expressions import (
    Misuse,
    Option,
    built_in,
    canonical,
    functions,
    listed,
    once,
    parse_number,
    plain,
    quoted,
    span,
    whole,
)
from kaoping_dsl.modifiers import Draft, Modifiers, drafted, renamed
from kaoping_dsl.periods import first_day, period_code
from kaoping_dsl.tokens import Token


class Statements(Modifiers):
    """What each rule of a statement becomes."""

    def start(self, draft: Draft) -> Draft:
        return draft

    # ------------------------------------------------------------ the scheme

    def scheme(self, name: Token) -> Draft:
        return drafted(s.SchemeName, name=plain(name))

    def title(self, text: Token) -> Draft:
        return drafted(s.Title, text=quoted(text))

    def source(self, text: Token) -> Draft:
        return drafted(s.DocumentSource, text=quoted(text))

    def period(self, first: Token, last: Token | None) -> Draft:
        return drafted(s.PeriodSetting, first=period_code(first), last=period_code(last) if last else None)

    def subject(self, name: Token, condition: Option | None) -> Draft:
        return drafted(s.Subject, (condition,), name=plain(name))

    def round_total(self, places: Token, mode: Token | None) -> Draft:
        return drafted(s.Rounding, places=whole(places), mode=_word(mode, "half up"))

    def round_items(self, places: Token, mode: Token | None) -> Draft:
        return drafted(s.Rounding, places=whole(places), mode=_word(mode, "half up"), of="items")

    def rounding(self, mode: Token) -> Token:
        return mode

    def precision(self, places: Token) -> Draft:
        return drafted(s.Precision, places=whole(places))

    def evidence(self) -> Draft:
        return drafted(s.EvidenceRequired)

    def use(self, library: Token, settings: tuple[s.Binding, ...] | None) -> Draft:
        return drafted(s.Use, library=plain(library), settings=settings or ())

    # ------------------------------------------------------------ declarations

    def param(self, name: Token, *values: tuple[Expr, datetime.date | None]) -> Draft:
        for value, _ in values[1:]:
            if isinstance(value, Compare) and isinstance(value.left, Name):  # `param 甲 = 5, 乙 = 6`
                raise Misuse(error("KP111", value.span, "several", found=value.left.text))
        return drafted(s.Param, names=(plain(name),), values=values)

    def param_data(self, names: tuple[str, ...], type_: s.WrittenType) -> Draft:
        return drafted(s.Param, names=names, type=type_)

    def dated(self, value: Expr, day: Token | None) -> tuple[Expr, datetime.date | None]:
        return value, first_day(day) if day else None

    def input(self, names: tuple[str, ...], type_: s.WrittenType, *options: Option) -> Draft:
        return drafted(s.Input, renamed(options, why="meaning"), names=names, type=type_)

    def field(self, names: tuple[str, ...], type_: s.WrittenType, *options: Option) -> Draft:
        words = tuple(map(built_in, names))
        draft = drafted(s.Input, renamed(options, why="meaning"), names=names, type=type_, canonical=words)
        return Draft(draft.made, draft.fields, is_field=True)

    def optional(self, word: Token) -> Option:
        return "optional", True, word

    def default_value(self, value: Expr) -> Option:
        return "default", value, value

    def class_(self, name: Token, type_: s.WrittenType, value: Expr | None, classes: Option | None) -> Draft:
        return drafted(s.Class, (classes,), name=plain(name), type=type_, value=value)

    def records(self, name: Token, scheme: Token | None, by: Token | None, classes: Option | None) -> Draft:
        return drafted(s.Records, (classes,), name=plain(name), from_scheme=_plain(scheme), by=_plain(by))

    def on(self, field: Token) -> Draft:
        return drafted(s.On, field=plain(field))

    def let(self, name: Name, parameters: tuple[str, ...] | None, value: Expr, *options: Option) -> Draft:
        return drafted(
            s.Let, renamed(options, why="meaning"), name=name.parts, value=value, parameters=parameters or ()
        )

    def let_typed(self, name: Name, type_: s.WrittenType, value: Expr, *options: Option) -> Draft:
        return drafted(s.Let, renamed(options, why="meaning"), name=name.parts, value=value, type=type_)

    def table(self, name: Token, parameters: tuple[str, ...], from_data: Token | None, classes: Option | None) -> Draft:
        return drafted(s.Table, (classes,), name=plain(name), parameters=parameters, from_data=from_data is not None)

    def from_data(self, word: Token) -> Token:
        return word

    def table_output(self, name: Token, type_: s.WrittenType) -> Draft:
        return drafted(s.TableOutput, name=plain(name), type=type_)

    def patterns(self, *patterns: Pattern) -> tuple[Pattern, ...]:
        return patterns

    def results(self, *values: Expr) -> tuple[Expr, ...]:
        return values

    def table_row(self, patterns: tuple[Pattern, ...], values: tuple[Expr, ...]) -> Draft:
        return drafted(s.TableRow, patterns=patterns, values=values)

    def link(
        self,
        name: Token,
        schemes: tuple[str, ...],
        types: tuple[tuple[str, s.WrittenType], ...] | None,
        by: Token | None,
    ) -> Draft:
        return drafted(s.Link, name=plain(name), schemes=schemes, by=_plain(by), types=types or ())

    def link_types(self, *types: tuple[str, s.WrittenType]) -> tuple[tuple[str, s.WrittenType], ...]:
        return types

    def link_type(self, name: Token, type_: s.WrittenType) -> tuple[str, s.WrittenType]:
        return canonical(name), type_

    def number_type(self, kind: Token, range_: Range | None, unit: Token | None, places: Token | None) -> s.WrittenType:
        return s.WrittenType(
            kind.kind,
            range_,
            whole(places) if places else None,
            _plain(unit),
            span=_type_span(kind, range_, unit, places),
        )

    def type_word(self, kind: Token) -> Token:
        return kind

    def one_of(self, word: Token) -> Token:
        return word

    def plain_type(self, kind: Token) -> s.WrittenType:
        return s.WrittenType(kind.kind, span=kind.span)

    def choice_type(self, word: Token, *labels: Token) -> s.WrittenType:
        return s.WrittenType("choice", labels=tuple(map(plain, labels)), span=span(word, labels[-1]))

    def ordered_type(self, word: Token, *labels: Token) -> s.WrittenType:
        return s.WrittenType("choice", labels=tuple(map(plain, labels)), ordered=True, span=span(word, labels[-1]))

    # ------------------------------------------------------------ points

    def item(self, name: Token, points: Child, value: Expr | None, *options: Option) -> Draft:
        draft = drafted(s.Item, options, name=plain(name), points=points, value=value)
        if isinstance(draft.fields.get("applies"), tuple):
            draft.fields["applies"], draft.fields["otherwise"] = draft.fields["applies"]
            draft.fields["otherwise"] = _treatment(draft.fields["otherwise"])
        if "averaged_by" in draft.fields:
            draft.fields["averaged_by"], draft.fields["averaged_weights"] = draft.fields["averaged_by"]
        return draft

    def points_all(self, number: Number) -> Number:
        return number

    def points_by_class(self, *points: tuple[str, Number]) -> tuple[tuple[str, Number], ...]:
        return points

    def class_points(self, name: Token, number: Number) -> tuple[str, Number]:
        return plain(name), number

    def averaged(self, unit: Token, weights: tuple[Number, ...] | None) -> Option:
        return "averaged_by", (unit.kind, weights or ()), unit

    def time_unit(self, unit: Token) -> Token:
        return unit

    def weights(self, *numbers: Number) -> tuple[Number, ...]:
        return numbers

    def rated(self, *raters: tuple[str, Number]) -> Option:
        return "raters", listed(raters, raters[0][1].span), raters[0][1]

    def rater(self, name: Token, share: Token) -> tuple[str, Number]:
        return plain(name), parse_number(share, None)

    def needs_evidence(self, word: Token) -> Option:
        return "evidence", True, word

    def line(self, word: Token, options: tuple[Option, ...]) -> Draft:
        return _with_amount(s.Line, options, kind=word.kind)

    def clear(self, *options: Option) -> Draft:
        return drafted(s.Clear, options)

    def adjustment(self, word: Token, group: Option | None, options: tuple[Option, ...]) -> Draft:
        return _with_amount(s.Adjustment, options, kind=word.kind, group=group[1] if group else None)

    def in_group(self, name: Token) -> Option:
        return "inside", plain(name), name

    def amount(self, value: Expr | s.Judged, *options: Option) -> tuple[Option, ...]:
        return (("value", value, value), *options)

    def judged(self, low: Expr, high: Expr, name: Token) -> s.Judged:
        return s.Judged(low, high, plain(name), span=span(low, name))

    def per_modifier(self, per: s.Per | s.PerStep) -> Option:
        return "per", per, per

    def per_each(self, of: Expr, where: Expr | None) -> s.Per:
        return s.Per(of, where, span=span(of, where or of))

    def per_step(self, mode: Token, step: Expr, of: Expr) -> s.PerStep:
        return s.PerStep(mode.kind, step, of, span=span(mode, of))  # type: ignore[arg-type]

    def step_mode(self, mode: Token) -> Token:
        return mode

    def group(self, name: Token, *options: Option) -> Draft:
        draft = drafted(s.Group, options, name=plain(name))
        if "best" in draft.fields:
            draft.fields["best_by"] = draft.fields["best"]
            draft.fields["best"] = True
        return draft

    def best_word(self, word: Token) -> Token:
        return word

    def best(self, word: Token, by: Token | None) -> Option:
        return "best", _plain(by), word

    def cap(self, target: Name, limit: Expr, *options: Option) -> Draft:
        return drafted(s.Cap, options, target=target, limit=limit)

    def total(self, name: Token, value: Expr | None, *options: Option) -> Draft:
        return drafted(s.Total, options, name=plain(name), value=value)

    def rank_by(self, name: Name, within: tuple[Name, ...] | None) -> Draft:
        return drafted(s.RankBy, name=name, within=within or ())

    # ------------------------------------------------------------ grades, and what follows from them

    def veto(self, *options: Option) -> Draft:
        return drafted(s.Veto, options)

    def bar(self, grade: Token, *options: Option) -> Draft:
        return drafted(s.Bar, options, grade=plain(grade))

    def grades(self, *children: Child) -> Draft:
        *names, classes = children
        return drafted(s.Grades, (classes,), names=listed(tuple(map(plain, names)), names[0].span))

    def grade_if(self, grade: Token, *options: Child) -> Draft:
        conditions = tuple(option for option in options if not isinstance(option, Otherwise))
        return drafted(s.Grade, conditions, grade=plain(grade))

    def grade_none(self, _: Nothing, *options: Child) -> Draft:
        conditions = tuple(option for option in options if not isinstance(option, Otherwise))
        return drafted(s.Grade, conditions, grade=None)

    def grade_case(self, case: Case, classes: Option | None) -> Draft:
        return drafted(s.GradeCase, (classes,), case=case)

    def grade_value(self, value: Expr, *options: Option) -> Draft:
        return drafted(s.GradeValue, options, value=value)

    def downgrade(self, steps: Token, *options: Option) -> Draft:
        return drafted(s.Downgrade, options, steps=whole(steps))

    def select(self, mark: Token, pool: Name, classes: Option | None) -> Draft:
        return drafted(s.Select, (classes,), mark=plain(mark), pool=None if pool.canonical == ("all",) else pool.text)

    def limit(self, grade: Token, otherwise: Token, classes: Option | None) -> Draft:
        return drafted(s.Limit, (classes,), grade=plain(grade), otherwise=plain(otherwise))

    def top(
        self, end: Token, share: Expr, of: Name | None, keys: tuple[Expr, ...] | None, within: tuple[Name, ...] | None
    ) -> Draft:
        if isinstance(share, Number) and share.unit:
            number = share.span.text.removesuffix(share.unit)
            fix = Fix(share.span, number)
            raise Misuse(error("KP109", share.span, "unexpected", found=share.span.text, number=number, fix=fix))
        among = of.canonical[0] if of and of.canonical[0] in ("all", "eligible") else None
        return drafted(
            s.Top, end=end.kind, share=share, of=among or (of.text if of else None),
            of_grade=of is not None and among is None, keys=keys or (), within=within or (),
        )  # fmt: skip

    def extreme(self, end: Token) -> Token:
        return end

    def keys(self, *keys: Expr) -> tuple[Expr, ...]:
        return keys

    def where(self, condition: Expr) -> Draft:
        return drafted(s.Where, condition=condition)

    def ties(self, policy: Token) -> Draft:
        return drafted(s.Ties, policy=policy.kind)

    def policy(self, word: Token) -> Token:
        return word

    def nearness(self, mode: Token) -> Token:
        return mode

    def rounded(self, mode: Token) -> Draft:
        return drafted(s.Rounded, mode=mode.kind)

    def outcome(self, name: Token, type_: s.WrittenType | None, value: Expr | None, *options: Child) -> Draft:
        said = tuple(("otherwise", True, option) if isinstance(option, Otherwise) else option for option in options)
        return drafted(s.Outcome, said, name=plain(name), value=value, type=type_)

    def require(self, condition: Expr, *options: Option) -> Draft:
        return drafted(s.Require, renamed(options, condition="when", why="message"), condition=condition)

    # ------------------------------------------------------------ the document, and examples

    def clause(self, number: Token, heading: Token | None, *options: Option) -> Draft:
        return drafted(s.Clause, options, number=quoted(number), heading=quoted(heading) if heading else None)

    def assume(self, text: Token) -> Draft:
        return drafted(s.Assume, text=quoted(text))

    def example(self, title: Token) -> Draft:
        return drafted(s.Example, title=quoted(title))

    def given(self, bindings: tuple[s.Binding, ...]) -> Draft:
        return drafted(s.Given, bindings=bindings)

    def example_subject(self, name: Token, bindings: tuple[s.Binding, ...]) -> Draft:
        return drafted(s.ExampleSubject, name=plain(name), bindings=bindings)

    def example_history(self, period: Token, bindings: tuple[s.Binding, ...]) -> Draft:
        return drafted(s.ExampleHistory, period=period_code(period), bindings=bindings)

    def example_link(self, link: Token, bindings: tuple[s.Binding, ...]) -> Draft:
        return drafted(s.ExampleLink, link=plain(link), bindings=bindings)

    def expected_reason(self, name: Name, clause: Token) -> s.ExpectedReason:
        word = name.canonical[-1]
        if word not in ("vetoed", "barred", "flagged") or len(name.parts) > 2:
            raise Misuse(error("KP124", name.span, "reason", found=name.text))
        subject = name.parts[0] if len(name.parts) == 2 else None
        return s.ExpectedReason(quoted(clause), subject, word, span=span(name, clause))  # type: ignore[arg-type]

    def unexpected_reason(self, name: Name, clause: Token) -> s.ExpectedReason:
        return replace(self.expected_reason(name, clause), holds=False)

    def expect(self, *expectations: s.Binding | s.ExpectedReason) -> Draft:
        return drafted(s.Expect, expectations=expectations)


def _plain(token: Token | None) -> str | None:
    return plain(token) if token else None


def _word(token: Token | None, otherwise: str) -> str:
    return token.kind if token else otherwise


def _type_span(kind: Token, *parts: Child) -> Child:
    return span(kind, next((part for part in reversed(parts) if part is not None), kind))


def _treatment(otherwise: Expr) -> Expr | str:
    """`else full` and `else average` are words, anything else is an expression."""
    if isinstance(otherwise, Name) and len(otherwise.parts) == 1:
        if otherwise.canonical == ("full",):
            return "full"
        if functions().get(otherwise.text) == "average":
            return "average"
    return otherwise


def _with_amount(made: type[s.Statement], options: tuple[Option, ...], /, **fields: Child) -> Draft:
    said = once(options)
    classes = said.pop("classes", ())
    first, last = options[0][2], max((place for _, _, place in options), key=_end)
    return drafted(made, amount=s.Amount(**said, span=span(first, last)), classes=classes, **fields)


def _end(place: Token | Node) -> int:
    return place.end if isinstance(place, Token) else place.span.end
